/** What a card computes and reads at most. Operations and bytes a second. */
export type GpuRates = {
  /** Dense 16-bit matrix products with 32-bit sums, as training uses them: no sparsity counted. */
  readonly peakFlops: number;
  readonly memoryBytesPerSecond: number;
};

/**
 * When they were written down, as known and only in part compared with tables of others, and where they can be looked up: NVIDIA's data sheets of each card, and for GeForce cards the white papers of Turing, Ampere GA102, Ada and
 * Blackwell ("Peak FP16 Tensor TFLOPS with FP32 Accumulate", dense). Cards without tensor cores: their 32-bit rate.
 */
export const RATES_AS_OF = '2026-11-27';

// By the name that `gpuModel` gives: 10^12 operations and 10^9 bytes a second.
const RATES: Readonly<Record<string, readonly [teraflops: number, gigabytes: number]>> = {
  'RTX 2080 Ti': [53.8, 616],
  'TITAN RTX': [130.5, 672],
  'RTX 8000': [130.5, 672],
  'Tesla T4': [65, 320],
  'Tesla V100': [125, 900],
  'Tesla P100': [18.7, 732],
  'GTX 1070 Ti': [8.2, 256],
  'GTX 1080 Ti': [11.3, 484],
  'GTX 1660 Ti': [10.9, 288],
  'RTX 3060': [25.6, 360],
  'RTX 3060 Ti': [32.4, 448],
  'RTX 3070': [40.6, 448],
  'RTX 3070 Ti': [43.5, 608],
  'RTX 3080': [59.5, 760],
  'RTX 3080 Ti': [68.2, 912],
  'RTX 3090': [71, 936],
  'RTX 3090 Ti': [80, 1008],
  'RTX A2000': [31.9, 288],
  'RTX A4000': [76.7, 448],
  'RTX A4500': [94.6, 640],
  'RTX A5000': [111.1, 768],
  'RTX A6000': [154.8, 768],
  A10: [125, 600],
  A10G: [70, 600],
  A30: [165, 933],
  A40: [149.7, 696],
  'A100 PCIE': [312, 1555],
  'A100 SXM4': [312, 1555],
  'RTX 4060': [30.2, 272],
  'RTX 4060 Ti': [44.1, 288],
  'RTX 4070': [58.3, 504],
  'RTX 4070 SUPER': [70.9, 504],
  'RTX 4070 Ti': [80.2, 504],
  'RTX 4070S Ti': [88.2, 672],
  'RTX 4080': [97.5, 717],
  'RTX 4080S': [104.4, 736],
  'RTX 4090': [165.2, 1008],
  'RTX 4000 Ada': [106.9, 360],
  'RTX 5000 Ada': [261.2, 576],
  'RTX 6000 Ada': [364.2, 960],
  L4: [121, 300],
  L40: [181, 864],
  L40S: [362, 864],
  'H100 PCIE': [756, 2039],
  'H100 SXM': [989.4, 3352],
  'H100 NVL': [835, 3938],
  H200: [989.4, 4800],
  'GH200 480GB': [989.4, 4000],
  'RTX 5060 Ti': [47.4, 448],
  'RTX 5070': [61.7, 672],
  'RTX 5070 Ti': [87.9, 896],
  'RTX 5080': [112.6, 960],
  'RTX 5090': [209.5, 1792],
  'RTX PRO 6000 S': [503.8, 1597],
  'RTX PRO 6000 Blackwell Workstation Edition': [503.8, 1792],
  B200: [2250, 8000],
};

/** A100 with 80 GB have faster memory than those with 40 GB, under the same name. */
const LARGE_FROM_BYTES = 60e9;
const LARGE: Readonly<Record<string, number>> = { 'A100 PCIE': 1_935, 'A100 SXM4': 2_039 };

/** The rates of a card, by the name people use for it and its memory; null for a card that nobody looked up. */
export function gpuRates(model: string, vramBytes: number): GpuRates | null {
  const known = RATES[model];
  if (known === undefined) return null;
  const [teraflops, gigabytes] = known;
  const large = vramBytes >= LARGE_FROM_BYTES ? LARGE[model] : undefined;
  return { peakFlops: teraflops * 1e12, memoryBytesPerSecond: (large ?? gigabytes) * 1e9 };
}
