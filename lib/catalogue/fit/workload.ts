import { type ModelShape, openModel } from './open-models.ts';

export const WORKS = ['inference', 'full', 'lora', 'qlora'] as const;
export type Work = (typeof WORKS)[number];

export const WORK_LABELS: Record<Work, string> = {
  inference: 'Inference',
  full: 'Full training',
  lora: 'LoRA',
  qlora: 'QLoRA',
};

export const WORK_MEANINGS: Record<Work, string> = {
  inference: 'Run the model as it is: weights and the cache of what was said.',
  full: 'Every weight is trained with Adam in mixed precision.',
  lora: 'Small adapters (rank 16 on every linear layer) are trained, the weights stay as they are.',
  qlora: 'As LoRA, over weights that are kept in 4 bits.',
};

export const PRECISIONS = ['fp32', 'fp16', 'int8', 'int4'] as const;
/** How the weights are stored while they are used. */
export type Precision = (typeof PRECISIONS)[number];

export const PRECISION_LABELS: Record<Precision, string> = {
  fp32: '32-bit',
  fp16: '16-bit (BF16, FP16)',
  int8: '8-bit',
  int4: '4-bit',
};

/** What a model is wanted for. Counts, tokens and bytes. */
export type Workload = {
  /** Id of a model of the table, null where its numbers were given. */
  readonly model: string | null;
  readonly shape: ModelShape;
  readonly work: Work;
  readonly precision: Precision;
  /** Tokens of one sequence: prompt and answer together, or one training sample. */
  readonly contextTokens: number;
  /** Sequences at once, over all GPUs together. */
  readonly batch: number;
  /** To train on, or to generate. */
  readonly tokens: number;
  /** The container image: pulled before anything is billed. */
  readonly imageBytes: number;
  /** Weights and data that are downloaded while billed. */
  readonly dataBytes: number;
};

/** Which precisions a kind of work can use, the usual one first. */
export const PRECISIONS_OF: Record<Work, readonly [Precision, ...Precision[]]> = {
  inference: ['fp16', 'fp32', 'int8', 'int4'],
  full: ['fp16', 'fp32'],
  lora: ['fp16', 'fp32', 'int8'],
  qlora: ['int4'],
};

export const GB = 1_000_000_000;
export const USUAL_IMAGE_BYTES = 8 * GB;

/** Limits of what may be asked: beyond them nothing is rented here. */
export const LIMITS = {
  params: [1e6, 10e12],
  layers: [1, 1_000],
  hidden: [64, 100_000],
  kvHeads: [1, 1_024],
  headDim: [8, 1_024],
  contextTokens: [1, 10_000_000],
  batch: [1, 100_000],
  tokens: [1, 1e15],
  bytes: [0, 1e15],
} as const;

/** The usual sizes of a kind of work. */
export function usualSizes(work: Work): Pick<Workload, 'contextTokens' | 'batch' | 'tokens'> {
  return work === 'inference'
    ? { contextTokens: 8_192, batch: 1, tokens: 1e6 }
    : { contextTokens: 2_048, batch: 4, tokens: 10e6 };
}

/** What must be downloaded for a model where nobody said: its 16-bit weights and a GB of data. To a tenth of a GB. */
export function usualDataBytes(shape: Pick<ModelShape, 'params'>): number {
  return Math.round((shape.params * 2) / 1e8 + 10) * 1e8;
}

/** A workload about which nothing is known but its model and kind. */
export function usualWorkload(model: string, work: Work): Workload {
  const shape = openModel(model);
  if (shape === undefined) throw new Error(`the table has no model ${model}`);
  return {
    model,
    shape,
    work,
    precision: PRECISIONS_OF[work][0],
    ...usualSizes(work),
    imageBytes: USUAL_IMAGE_BYTES,
    dataBytes: usualDataBytes(shape),
  };
}

/** "Llama 3.1 8B", "8 B parameters". */
export function modelName({ model, shape }: Pick<Workload, 'model' | 'shape'>): string {
  const known = model === null ? undefined : openModel(model);
  return known?.name ?? `${Number((shape.params / 1e9).toPrecision(3))} B parameters`;
}

/** "Llama 3.1 8B, QLoRA, 2,048 × 4": a workload on a chip. */
export function workloadLabel(workload: Workload): string {
  const { work, precision, contextTokens, batch } = workload;
  const kept = work === 'qlora' ? '' : `, ${PRECISION_LABELS[precision].split(' ')[0]}`;
  return `${modelName(workload)}, ${WORK_LABELS[work]}${kept}, ${contextTokens.toLocaleString('en')} tokens × ${batch}`;
}
