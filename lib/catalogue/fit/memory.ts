import type { ModelShape } from './open-models.ts';
import type { Precision, Workload } from './workload.ts';

/** Adam in mixed precision: 2 for the weights, 2 for gradients, 4 + 4 + 4 for the 32-bit copy and two moments. Rajbhandari et al. 2020 (ZeRO), §3.1. */
const TRAINED_BYTES = 16;
/** Rank of the adapters of LoRA, on every linear layer. Hu et al. 2021; Dettmers et al. 2023, §4. */
export const LORA_RANK = 16;
/** Bytes that one position of one layer keeps for the way back in 16 bits, over the hidden size, without attention's squares. Korthikanti et al. 2022, eq. 2. */
const LAYER_BYTES = 34;
/**
 * Bytes for each word of the vocabulary at each trained token while the loss is worked out: the figures in 16 and in 32 bits, their
 * logarithms and the gradient. Measured with PyTorch's own loss: 12.0 to 12.2 (measured-h200.json); recipes that fuse the loss take less.
 */
export const LOSS_BYTES = 12;
/** Tokens of a prompt that are read at once: more are read in chunks. */
const CHUNK_TOKENS = 8_192;
/** CUDA context and the work space of libraries, on each GPU. Our own allowance. */
export const GPU_BASE_BYTES = 1_073_741_824;
/** What an allocator loses in gaps, of everything else. Our own allowance. */
export const GAPS_SHARE = 0.08;

/** Bytes a weight. 8-bit and 4-bit keep the embeddings in 16 bits, as bitsandbytes, AWQ and GPTQ do; 4.127 bits is NF4 with double quantisation (Dettmers et al. 2023, §3). */
export const WEIGHT_BYTES: Record<Precision, number> = { fp32: 4, fp16: 2, int8: 1, int4: 4.127 / 8 };

/** Where memory goes, in bytes over all GPUs together. */
export type MemoryParts = {
  readonly weights: number;
  /** Keys and values of every token in every sequence; nothing where nothing is generated. */
  readonly cache: number;
  /** Gradients, the optimizer's state and adapters. */
  readonly training: number;
  readonly activations: number;
};

export type MemoryNeed = {
  readonly parts: MemoryParts;
  /** The sum of the parts and what is lost in gaps: split over the GPUs. */
  readonly splitBytes: number;
  /** On each GPU, beside its share. */
  readonly baseBytes: number;
};

/** Bytes of the weights while they are used. */
export function weightBytes(shape: ModelShape, precision: Precision): number {
  const bytes = WEIGHT_BYTES[precision];
  if (precision === 'fp32' || precision === 'fp16') return shape.params * bytes;
  const embeddings = Math.min(shape.params, shape.vocab * shape.hidden * (shape.tied ? 1 : 2));
  return embeddings * WEIGHT_BYTES.fp16 + (shape.params - embeddings) * bytes;
}

/** Keys and values of one token: 2 × layers × KV heads × head size × bytes. Kwon et al. 2023 (PagedAttention), §3. */
export function cacheBytesPerToken(shape: ModelShape, precision: Precision): number {
  return 2 * shape.layers * shape.kvHeads * shape.headDim * figureBytes(precision);
}

/** Parameters of the adapters: rank × (in + out) of every linear layer. */
export function adapterParams(shape: ModelShape): number {
  const { hidden, heads, kvHeads, headDim, intermediate, layers, experts } = shape;
  const attention = 2 * (hidden + heads * headDim) + 2 * (hidden + kvHeads * headDim);
  return LORA_RANK * layers * (attention + 3 * experts * (hidden + intermediate));
}

/**
 * What a workload needs of GPU memory. Training recomputes activations on the way back (gradient checkpointing): each layer keeps its
 * input, and either the loss or one layer at a time keeps everything: they take turns. Attention keeps no squares of the length
 * (FlashAttention, Dao et al. 2022).
 */
export function memoryNeed(workload: Workload): MemoryNeed {
  const { shape, work, precision, contextTokens, batch } = workload;
  const tokens = contextTokens * batch;
  const bytes = figureBytes(precision);
  const weights = weightBytes(shape, precision);
  const parts =
    work === 'inference'
      ? {
          weights,
          cache: tokens * cacheBytesPerToken(shape, precision),
          training: 0,
          activations: readingBytes(workload),
        }
      : {
          weights,
          cache: 0,
          training: trainingBytes(workload, weights),
          activations:
            bytes * tokens * shape.hidden * shape.layers +
            tokens * Math.max((LAYER_BYTES * bytes * shape.hidden) / 2, LOSS_BYTES * shape.vocab),
        };
  const sum = parts.weights + parts.cache + parts.training + parts.activations;
  return { parts, splitBytes: sum * (1 + GAPS_SHARE), baseBytes: GPU_BASE_BYTES };
}

/**
 * What is alive while a prompt is read, and 32-bit figures for the vocabulary of each sequence. In 32 bits attention keeps its
 * squares: FlashAttention computes in 16 bits only.
 */
function readingBytes({ shape, precision, contextTokens, batch }: Workload): number {
  const chunk = Math.min(contextTokens * batch, CHUNK_TOKENS);
  const layer = figureBytes(precision) * chunk * (4 * shape.hidden + 3 * shape.intermediate * shape.activeExperts);
  const squares = precision === 'fp32' ? 4 * shape.heads * chunk * contextTokens : 0;
  return layer + squares + 4 * batch * shape.vocab;
}

/** Bytes of a figure that is computed with: weights in fewer bits are widened to 16 first. */
function figureBytes(precision: Precision): number {
  return precision === 'fp32' ? 4 : 2;
}

function trainingBytes({ shape, work }: Workload, weights: number): number {
  // Everything that one trained weight costs, less the weight itself: it is counted already.
  if (work === 'full') return shape.params * TRAINED_BYTES - weights;
  return adapterParams(shape) * TRAINED_BYTES;
}

/** Numbers of GPUs that a model is split over: powers of two, which divide the heads of every model. */
export const SPLITS = [1, 2, 4, 8, 16, 32, 64] as const;

/** How many GPUs of so much memory a need takes at the least; null when more than 64, or when none could hold even its base. */
export function gpusNeeded(need: Pick<MemoryNeed, 'splitBytes' | 'baseBytes'>, vramBytes: number): number | null {
  return SPLITS.find((count) => count * (vramBytes - need.baseBytes) >= need.splitBytes) ?? null;
}

/** What of each of so many GPUs a need fills, in bytes. */
export function bytesOnEach(need: MemoryNeed, gpus: number): number {
  return need.splitBytes / gpus + need.baseBytes;
}
