/** What the size of a decoder-only transformer follows from. Counts; `experts` is 1 for a dense one. */
export type ModelShape = {
  readonly params: number;
  /** Parameters that take part in one token: fewer than all in a mixture of experts. */
  readonly activeParams: number;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of the feed-forward part, of one expert. */
  readonly intermediate: number;
  readonly vocab: number;
  /** Whether input and output embeddings are one matrix. */
  readonly tied: boolean;
  readonly experts: number;
  readonly activeExperts: number;
};

export type OpenModel = ModelShape & {
  readonly id: string;
  readonly name: string;
  /** The repository on Hugging Face whose `config.json` and safetensors index have the numbers. */
  readonly source: string;
};

/** When the numbers below were written down, most of them as known and not read again from the source; a test adds up each one's parameters from its layers. */
export const MODELS_AS_OF = '2026-11-27';

type Dense = readonly [
  id: string,
  name: string,
  source: string,
  params: number,
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  headDim: number,
  intermediate: number,
  vocab: number,
  tied: boolean,
];

// Parameters are those of the safetensors index. Of dense models they follow from the other numbers: the test adds them up.
const DENSE: readonly Dense[] = [
  [
    'llama-3.2-1b',
    'Llama 3.2 1B',
    'meta-llama/Llama-3.2-1B',
    1_235_814_400,
    16,
    2_048,
    32,
    8,
    64,
    8_192,
    128_256,
    true,
  ],
  [
    'llama-3.2-3b',
    'Llama 3.2 3B',
    'meta-llama/Llama-3.2-3B',
    3_212_749_824,
    28,
    3_072,
    24,
    8,
    128,
    8_192,
    128_256,
    true,
  ],
  [
    'llama-3.1-8b',
    'Llama 3.1 8B',
    'meta-llama/Llama-3.1-8B',
    8_030_261_248,
    32,
    4_096,
    32,
    8,
    128,
    14_336,
    128_256,
    false,
  ],
  [
    'llama-3.1-70b',
    'Llama 3.1 70B',
    'meta-llama/Llama-3.1-70B',
    70_553_706_496,
    80,
    8_192,
    64,
    8,
    128,
    28_672,
    128_256,
    false,
  ],
  [
    'llama-3.1-405b',
    'Llama 3.1 405B',
    'meta-llama/Llama-3.1-405B',
    405_853_388_800,
    126,
    16_384,
    128,
    8,
    128,
    53_248,
    128_256,
    false,
  ],
  [
    'llama-2-7b',
    'Llama 2 7B',
    'meta-llama/Llama-2-7b-hf',
    6_738_415_616,
    32,
    4_096,
    32,
    32,
    128,
    11_008,
    32_000,
    false,
  ],
  [
    'llama-2-13b',
    'Llama 2 13B',
    'meta-llama/Llama-2-13b-hf',
    13_015_864_320,
    40,
    5_120,
    40,
    40,
    128,
    13_824,
    32_000,
    false,
  ],
  ['qwen2.5-0.5b', 'Qwen2.5 0.5B', 'Qwen/Qwen2.5-0.5B', 494_032_768, 24, 896, 14, 2, 64, 4_864, 151_936, true],
  ['qwen2.5-7b', 'Qwen2.5 7B', 'Qwen/Qwen2.5-7B', 7_615_616_512, 28, 3_584, 28, 4, 128, 18_944, 152_064, false],
  ['qwen2.5-14b', 'Qwen2.5 14B', 'Qwen/Qwen2.5-14B', 14_770_033_664, 48, 5_120, 40, 8, 128, 13_824, 152_064, false],
  ['qwen2.5-32b', 'Qwen2.5 32B', 'Qwen/Qwen2.5-32B', 32_763_876_352, 64, 5_120, 40, 8, 128, 27_648, 152_064, false],
  ['qwen2.5-72b', 'Qwen2.5 72B', 'Qwen/Qwen2.5-72B', 72_706_203_648, 80, 8_192, 64, 8, 128, 29_568, 152_064, false],
  ['qwen3-4b', 'Qwen3 4B', 'Qwen/Qwen3-4B', 4_022_468_096, 36, 2_560, 32, 8, 128, 9_728, 151_936, true],
  ['qwen3-8b', 'Qwen3 8B', 'Qwen/Qwen3-8B', 8_190_735_360, 36, 4_096, 32, 8, 128, 12_288, 151_936, false],
  ['qwen3-14b', 'Qwen3 14B', 'Qwen/Qwen3-14B', 14_768_307_200, 40, 5_120, 40, 8, 128, 17_408, 151_936, false],
  ['qwen3-32b', 'Qwen3 32B', 'Qwen/Qwen3-32B', 32_762_123_264, 64, 5_120, 64, 8, 128, 25_600, 151_936, false],
  [
    'mistral-7b',
    'Mistral 7B v0.3',
    'mistralai/Mistral-7B-v0.3',
    7_248_023_552,
    32,
    4_096,
    32,
    8,
    128,
    14_336,
    32_768,
    false,
  ],
  [
    'mistral-small-24b',
    'Mistral Small 24B',
    'mistralai/Mistral-Small-24B-Base-2501',
    23_572_403_200,
    40,
    5_120,
    32,
    8,
    128,
    32_768,
    131_072,
    false,
  ],
  ['gemma-2-2b', 'Gemma 2 2B', 'google/gemma-2-2b', 2_614_341_888, 26, 2_304, 8, 4, 256, 9_216, 256_000, true],
  ['gemma-2-9b', 'Gemma 2 9B', 'google/gemma-2-9b', 9_241_705_984, 42, 3_584, 16, 8, 256, 14_336, 256_000, true],
  ['gemma-2-27b', 'Gemma 2 27B', 'google/gemma-2-27b', 27_227_128_320, 46, 4_608, 32, 16, 128, 36_864, 256_000, true],
  ['phi-4', 'Phi-4 14B', 'microsoft/phi-4', 14_659_507_200, 40, 5_120, 40, 10, 128, 17_920, 100_352, false],
];

function dense(row: Dense): OpenModel {
  const [id, name, source, params, layers, hidden, heads, kvHeads, headDim, intermediate, vocab, tied] = row;
  return {
    ...{ id, name, source, params, activeParams: params, layers, hidden, heads, kvHeads, headDim, intermediate },
    ...{ vocab, tied, experts: 1, activeExperts: 1 },
  };
}

/** Open models that people rent GPUs for. Models that compress their cache in ways of their own (DeepSeek's MLA) are not among them. */
export const OPEN_MODELS: readonly OpenModel[] = [
  ...DENSE.map(dense),
  {
    id: 'mixtral-8x7b',
    name: 'Mixtral 8x7B',
    source: 'mistralai/Mixtral-8x7B-v0.1',
    params: 46_702_792_704,
    activeParams: 12_879_925_248,
    layers: 32,
    hidden: 4_096,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    intermediate: 14_336,
    vocab: 32_000,
    tied: false,
    experts: 8,
    activeExperts: 2,
  },
  {
    id: 'qwen3-30b-a3b',
    name: 'Qwen3 30B-A3B',
    source: 'Qwen/Qwen3-30B-A3B',
    params: 30_532_122_624,
    activeParams: 3_353_032_704,
    layers: 48,
    hidden: 2_048,
    heads: 32,
    kvHeads: 4,
    headDim: 128,
    intermediate: 768,
    vocab: 151_936,
    tied: false,
    experts: 128,
    activeExperts: 8,
  },
];

/** The model of that id, if the table has it. */
export function openModel(id: string): OpenModel | undefined {
  return OPEN_MODELS.find((model) => model.id === id);
}

/** The model of the table whose number of parameters is nearest, by ratio. */
export function nearestModel(params: number): OpenModel {
  const far = (model: OpenModel) => Math.abs(Math.log(model.params / params));
  return OPEN_MODELS.reduce((best, model) => (far(model) < far(best) ? model : best));
}
