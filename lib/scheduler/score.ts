/** Scores are whole numbers: thousandths of a point of the published fragmentation score. */
export const POINT = 1000;

/**
 * How much each term counts, in points. `fragmentsOnly` is the published policy. Of the two others the second prices
 * CPU lower: where CPU is short everywhere a high price cannot tell machines apart. Which one is used is rehearsed on
 * the expected demand, see `rehearse.ts`.
 */
export const WEIGHTS = {
  fragmentsOnly: { fragments: 1, planned: 0, worth: 0, shortfall: 0, shortfallMean: 1, reserve: 0 },
  amplyCpu: { fragments: 0.5, planned: 20, worth: 200, shortfall: 10, shortfallMean: 1, reserve: 100 },
  scarceCpu: { fragments: 0.5, planned: 20, worth: 200, shortfall: 3, shortfallMean: 2, reserve: 100 },
} as const;
export type Policy = keyof typeof WEIGHTS;
export type Weights = {
  /** For each point of the published score, 0 to 100. */
  readonly fragments: number;
  /** For a place that the plan wants for this demand. */
  readonly planned: number;
  /** For each whole GPU's worth that is kept. */
  readonly worth: number;
  /** For each CPU core by which a machine's CPU is expected to fall short of what its free GPUs will need. */
  readonly shortfall: number;
  /** What the expected need of CPU is multiplied by. */
  readonly shortfallMean: number;
  /** For each empty machine kept for demands that need one. */
  readonly reserve: number;
};

/**
 * Fragments: by how much the fragments of the machine shrink, through the published sigmoid and cut to a whole number
 * of points as published; the cut makes near ties, which go to the lowest rank and so keep machines together. `scale`
 * is what 1000 thousandths of a GPU weigh.
 */
export function fragmentsTerm(before: number, after: number, scale: number): number {
  return Math.trunc(100 / (1 + Math.exp((after - before) / scale)));
}

/** How much more a place counts, of those that the plan wants, that a refused demand would fit until it is taken. */
const CLOSING = 8;

/**
 * Planned: how many more of this demand the plan wants on such a GPU, at most one; more where that closes the GPU to
 * demands that the plan refuses. What fits must be placed, so a plan that refuses them comes true only if room for them
 * is used up first. `closes`: from 0 to 1, see `Outlook.closes`.
 */
export function plannedTerm(wanted: number, closes: number): number {
  return wanted <= 0 ? 0 : Math.min(wanted, 1) * (1 + CLOSING * closes);
}

const TABLE_STEPS = 128;
const TABLE_END = 6;
const SHORTFALL = Float64Array.from({ length: 2 * TABLE_END * TABLE_STEPS + 2 }, (_, at) =>
  unitShortfall(at / TABLE_STEPS - TABLE_END),
);

/**
 * Shortfall: by how much a need that is normal with this mean and variance is expected to exceed what there is. Read
 * from a table of 128 steps a standard deviation.
 */
export function shortfallTerm(mean: number, variance: number, have: number): number {
  const deviation = Math.sqrt(variance);
  const z = (mean - have) / deviation;
  if (z <= -TABLE_END) return 0;
  if (z >= TABLE_END) return mean - have;
  const place = (z + TABLE_END) * TABLE_STEPS;
  const at = Math.floor(place);
  const low = SHORTFALL[at] as number;
  return deviation * (low + (place - at) * ((SHORTFALL[at + 1] as number) - low));
}

/** E[(X + z)+] of a standard normal X. */
function unitShortfall(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) + z * cumulative(z);
}

/** The standard normal distribution, by Abramowitz and Stegun 26.2.17 (error below 1e-7). */
function cumulative(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
