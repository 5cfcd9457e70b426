import {
  adapterParams,
  GAPS_SHARE,
  GPU_BASE_BYTES,
  LORA_RANK,
  LOSS_BYTES,
  type MemoryParts,
  memoryNeed,
} from './memory.ts';
import { openModel } from './open-models.ts';
import { PRECISION_LABELS, type Workload } from './workload.ts';

export type MemoryPart = keyof MemoryParts | 'overhead';

export const PART_LABELS: Record<MemoryPart, string> = {
  weights: 'Weights',
  cache: 'KV cache',
  training: 'Gradients and optimizer',
  activations: 'Activations',
  overhead: 'Overhead',
};

export type Source = { readonly label: string; readonly href: string };

/** How one figure is worked out: the formula, the same with this workload's numbers, and who says so. */
export type Formula = {
  readonly part: MemoryPart | 'time' | 'download' | 'cost';
  readonly formula: string;
  readonly numbers: string;
  readonly sources: readonly Source[];
};

const paper = (label: string, arxiv: string): Source => ({ label, href: `https://arxiv.org/abs/${arxiv}` });
const ZERO = paper('Rajbhandari et al. 2020, ZeRO, §3.1', '1910.02054');
const LORA = paper('Hu et al. 2021, LoRA', '2106.09685');
const QLORA = paper('Dettmers et al. 2023, QLoRA, §3', '2305.14314');
const PAGED = paper('Kwon et al. 2023, PagedAttention, §3', '2309.06180');
const RECOMPUTE = paper('Korthikanti et al. 2022, eq. 2', '2205.05198');
const FLASH = paper('Dao et al. 2022, FlashAttention', '2205.14135');
const CHINCHILLA = paper('Hoffmann et al. 2022, appendix F', '2203.15556');
const SCALING = paper('Kaplan et al. 2020, §2.1', '2001.08361');
const PALM = paper('Chowdhery et al. 2022, PaLM, §4.1', '2204.02311');
const SERVING: Source = {
  label: 'Databricks 2023, LLM inference performance engineering',
  href: 'https://www.databricks.com/blog/llm-inference-performance-engineering-best-practices',
};

const n = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 2 });
const billions = (params: number) => `${n(params / 1e9)} B`;

/** What is worked out for a workload, in the order in which it is shown. */
export function formulasOf(workload: Workload): readonly Formula[] {
  return [weights(workload), held(workload), activations(workload), overhead(workload), ...time(workload)];
}

function weights({ model, shape, precision, work }: Workload): Formula {
  const known = model === null ? undefined : openModel(model);
  const file: Source[] = known
    ? [{ label: `${known.source}, config.json`, href: `https://huggingface.co/${known.source}` }]
    : [];
  const quantised = precision === 'int8' || precision === 'int4';
  return {
    part: 'weights',
    formula: quantised ? 'embeddings × 2 bytes + other parameters × bytes each' : 'parameters × bytes each',
    numbers: `${billions(shape.params)} parameters, ${PRECISION_LABELS[precision]}${precision === 'int4' ? ' at 4.127 bits' : ''}`,
    sources: work === 'qlora' || precision === 'int4' ? [...file, QLORA] : file,
  };
}

function held(workload: Workload): Formula {
  const { shape, work, precision, contextTokens, batch } = workload;
  if (work === 'inference')
    return {
      part: 'cache',
      formula: '2 × layers × KV heads × head size × bytes × tokens × sequences',
      numbers: `2 × ${shape.layers} × ${shape.kvHeads} × ${shape.headDim} × ${precision === 'fp32' ? 4 : 2} × ${n(contextTokens)} × ${n(batch)}`,
      sources: [PAGED],
    };
  if (work === 'full')
    return {
      part: 'training',
      formula: 'parameters × 16 bytes, the weights among them (Adam: gradients, 32-bit copy, two moments)',
      numbers: `${billions(shape.params)} × 16`,
      sources: [ZERO],
    };
  return {
    part: 'training',
    formula: `adapters × 16 bytes; adapters = rank × (in + out) of every linear layer`,
    numbers: `${n(adapterParams(shape) / 1e6)} M adapter parameters of rank ${LORA_RANK} × 16`,
    sources: [LORA, ZERO],
  };
}

function activations({ shape, work, contextTokens, batch }: Workload): Formula {
  if (work === 'inference')
    return {
      part: 'activations',
      formula:
        'what is alive while up to 8,192 tokens of prompts are read, and a figure for each word of the vocabulary; attention keeps no mask',
      numbers: `hidden size ${n(shape.hidden)}, vocabulary ${n(shape.vocab)}`,
      sources: [FLASH],
    };
  return {
    part: 'activations',
    formula: `tokens × (2 × hidden × layers + the larger of 34 × hidden and ${LOSS_BYTES} × vocabulary): recomputed on the way back, one layer at a time, after the loss`,
    numbers: `${n(contextTokens)} × ${n(batch)} tokens, hidden ${n(shape.hidden)}, ${shape.layers} layers, vocabulary ${n(shape.vocab)}`,
    sources: [RECOMPUTE, FLASH],
  };
}

function overhead(workload: Workload): Formula {
  const { splitBytes } = memoryNeed(workload);
  return {
    part: 'overhead',
    formula: `${n(GAPS_SHARE * 100)} % lost in gaps, and ${n(GPU_BASE_BYTES / 2 ** 30)} GiB on each GPU for CUDA and libraries: our own allowance`,
    numbers: `${n((splitBytes * GAPS_SHARE) / (1 + GAPS_SHARE) / 1e9)} GB and 1 GiB × GPUs`,
    sources: [],
  };
}

function time({ work, shape, tokens, batch, contextTokens }: Workload): readonly Formula[] {
  const speed: Formula =
    work === 'inference'
      ? {
          part: 'time',
          formula:
            'each step reads the weights and half of the full cache: bytes ÷ (bandwidth × 45–80 %), or 2 × parameters × sequences ÷ (peak × 25–45 %) if that is longer; and as many tokens of prompts are read',
          numbers: `${n(tokens / 1e6)} M tokens, ${n(batch)} at once, context ${n(contextTokens)}`,
          sources: [SERVING],
        }
      : {
          part: 'time',
          formula:
            work === 'full'
              ? '6 × parameters × tokens ÷ (GPUs × peak × 25–45 %)'
              : '4 to 6 × parameters × tokens ÷ (GPUs × peak × 25–45 %): frozen weights need no gradients of their own',
          numbers: `${work === 'full' ? '6' : '4–6'} × ${billions(shape.activeParams)} × ${n(tokens / 1e6)} M`,
          sources: [SCALING, CHINCHILLA, PALM],
        };
  return [
    speed,
    {
      part: 'download',
      formula:
        'bytes × 8 ÷ the measured link of the host: the image before anything is billed, weights and data while billed',
      numbers: 'a link that was not measured counts as 100 Mbit/s',
      sources: [],
    },
    {
      part: 'cost',
      formula: 'price × GPUs × (download + work), and the disk for what is downloaded and 10 GiB more',
      numbers: 'over several cards on a PCIe bus the slow end counts with 20 % of the peak and 35 % of the bandwidth',
      sources: [],
    },
  ];
}
