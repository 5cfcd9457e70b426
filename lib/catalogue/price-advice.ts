import { type Micros, maxMicros, parseDollars } from '#lib/base/money.ts';
import { feeOf } from '#protocol/charge.ts';
import type { PriceBand } from './price-band.ts';
import type { PriceCell } from './price-day.ts';

/** A month of advice: 30 days, as everywhere where prices are by the month. */
export const MONTH_HOURS = 720;
const SECONDS_PER_HOUR = 3_600n;
const GPU_DAY_SECONDS = 86_400n;
/** Less offered time than this says nothing of how much would be booked. */
export const LEAST_GPU_DAYS = 30;
/** Prices are cut into so many parts at most, each of this much offered time at least. */
const MOST_STEPS = 4;
const STEP_GPU_DAYS = 10;

/** What was booked of what was offered between two prices, both counted; shares in basis points, rounded down. */
export type OccupancyStep = {
  readonly fromMicros: Micros;
  readonly toMicros: Micros;
  readonly offeredGpuSeconds: bigint;
  readonly bookedGpuSeconds: bigint;
  readonly basisPoints: number;
};

/** How the model of occupancy works, in two sentences, for pages. */
export const OCCUPANCY_MODEL_SENTENCE =
  'Offers are cut by price into up to four parts of equal offered time, and of each part the share that was booked on demand or reserved is what a price in it can expect. A dearer part never promises more than a cheaper one: where the figures say so, both are counted together.';

/**
 * What was booked at which price: the cells of a group over some days, cut by price into parts of equal offered time; neighbours
 * where the dearer was booked more are pooled (isotonic regression, pool adjacent violators), so shares never rise with the price.
 * The cheapest first; null when less than {@link LEAST_GPU_DAYS} GPU-days were offered.
 */
export function occupancySteps(cells: readonly PriceCell[]): readonly OccupancyStep[] | null {
  const offered = cells.filter(({ offeredGpuSeconds }) => offeredGpuSeconds > 0n);
  const total = offered.reduce((sum, cell) => sum + cell.offeredGpuSeconds, 0n);
  if (total < BigInt(LEAST_GPU_DAYS) * GPU_DAY_SECONDS) return null;
  const most = Number(total / (BigInt(STEP_GPU_DAYS) * GPU_DAY_SECONDS));
  const parts = BigInt(Math.min(MOST_STEPS, most));
  const sorted = offered.toSorted((a, b) => (a.priceMicrosPerGpuHour < b.priceMicrosPerGpuHour ? -1 : 1));
  const cut = new Map<bigint, OccupancyStep>();
  let passed = 0n;
  for (const cell of sorted) {
    // Where the middle of its time lies decides: a price is never cut in two.
    const part = ((2n * passed + cell.offeredGpuSeconds) * parts) / (2n * total);
    passed += cell.offeredGpuSeconds;
    cut.set(part, pooled(cut.get(part), stepOf(cell)));
  }
  const steps: OccupancyStep[] = [];
  for (const step of cut.values()) {
    let last = step;
    for (let before = steps.at(-1); before !== undefined && isBelow(before, last); before = steps.at(-1)) {
      steps.pop();
      last = pooled(before, last);
    }
    steps.push(last);
  }
  return steps;
}

function stepOf(cell: PriceCell): OccupancyStep {
  const { priceMicrosPerGpuHour, offeredGpuSeconds, bookedGpuSeconds } = cell;
  return pooled(undefined, {
    fromMicros: priceMicrosPerGpuHour,
    toMicros: priceMicrosPerGpuHour,
    ...{ offeredGpuSeconds, bookedGpuSeconds },
    basisPoints: 0,
  });
}

function pooled(before: OccupancyStep | undefined, after: OccupancyStep): OccupancyStep {
  const offeredGpuSeconds = (before?.offeredGpuSeconds ?? 0n) + after.offeredGpuSeconds;
  const bookedGpuSeconds = (before?.bookedGpuSeconds ?? 0n) + after.bookedGpuSeconds;
  return {
    fromMicros: before?.fromMicros ?? after.fromMicros,
    toMicros: after.toMicros,
    ...{ offeredGpuSeconds, bookedGpuSeconds },
    basisPoints: Number((bookedGpuSeconds * 10_000n) / offeredGpuSeconds),
  };
}

/** Whether a cheaper part was booked less than the dearer one after it, exactly. */
function isBelow(before: OccupancyStep, after: OccupancyStep): boolean {
  return before.bookedGpuSeconds * after.offeredGpuSeconds < after.bookedGpuSeconds * before.offeredGpuSeconds;
}

/**
 * What a price can expect to be booked, in basis points. Between two parts the dearer one's share, below all the cheapest one's;
 * null above all: nobody asked so much, so nobody knows.
 */
export function expectedOccupancy(steps: readonly OccupancyStep[], priceMicrosPerGpuHour: Micros): number | null {
  return steps.find(({ toMicros }) => priceMicrosPerGpuHour <= toMicros)?.basisPoints ?? null;
}

/** What a host is told before they set a price. */
export type PriceAdvice = {
  readonly machineId: string;
  readonly gpuCount: number;
  readonly currentMicros: Micros | null;
  readonly band: PriceBand | null;
  readonly occupancy: {
    readonly steps: readonly OccupancyStep[];
    /** Whether the tier alone was offered enough, or all tiers of the model are counted. */
    readonly of: 'tier' | 'model';
  } | null;
  /** Offered GPU-days of the last 30 days that are known of, whether enough or not. */
  readonly knownGpuDays: number;
  readonly feeBasisPoints: number;
  /** As the driver limits it, on average of its GPUs; null when it does not say. */
  readonly wattsPerGpu: number | null;
};

/** What a host may ask: a price, and what power costs them. */
export type WhatIfAsk = {
  readonly priceMicrosPerGpuHour: Micros;
  readonly wattsPerGpu: number;
  readonly microsPerKwh: Micros;
};

/** A month at a price, in micro-dollars; each null where the share that would be booked is not known. */
export type WhatIf = {
  readonly basisPoints: number | null;
  readonly grossMicros: Micros | null;
  readonly feeMicros: Micros | null;
  readonly powerMicros: Micros | null;
  readonly netMicros: Micros | null;
  /** The same for one booked hour of one GPU: always known. */
  readonly netMicrosPerGpuHour: Micros;
};

type Basis = Pick<PriceAdvice, 'gpuCount' | 'feeBasisPoints' | 'occupancy'>;

/** What a month of 720 hours would bring at a price, after the market’s fee and the power of booked hours. Rounded as bills are; power up. */
export function whatIf(advice: Basis, ask: WhatIfAsk): WhatIf {
  const { priceMicrosPerGpuHour: price, wattsPerGpu, microsPerKwh } = ask;
  const power = (gpuSeconds: bigint) => powerCost(gpuSeconds, wattsPerGpu, microsPerKwh);
  const netMicrosPerGpuHour = price - feeOf(price, advice.feeBasisPoints) - power(SECONDS_PER_HOUR);
  const basisPoints = advice.occupancy === null ? null : expectedOccupancy(advice.occupancy.steps, price);
  if (basisPoints === null)
    return { basisPoints, grossMicros: null, feeMicros: null, powerMicros: null, netMicros: null, netMicrosPerGpuHour };
  const gpuSeconds = (BigInt(advice.gpuCount * MONTH_HOURS) * SECONDS_PER_HOUR * BigInt(basisPoints)) / 10_000n;
  const grossMicros = (price * gpuSeconds) / SECONDS_PER_HOUR;
  const feeMicros = feeOf(grossMicros, advice.feeBasisPoints);
  const powerMicros = power(gpuSeconds);
  const netMicros = grossMicros - feeMicros - powerMicros;
  return { basisPoints, grossMicros, feeMicros, powerMicros, netMicros, netMicrosPerGpuHour };
}

function powerCost(gpuSeconds: bigint, watts: number, microsPerKwh: Micros): Micros {
  const unit = SECONDS_PER_HOUR * 1_000n;
  return (gpuSeconds * BigInt(watts) * microsPerKwh + unit - 1n) / unit;
}

/**
 * The price of the market that brings the most in a month, of P25, median, P75 and the dearest of each part (of equals the lower);
 * the median where what is booked is not known, null where no price is.
 */
export function suggestedPrice(
  advice: Basis & Pick<PriceAdvice, 'band'>,
  power: Pick<WhatIfAsk, 'wattsPerGpu' | 'microsPerKwh'>,
): Micros | null {
  const { band, occupancy } = advice;
  if (occupancy === null) return band?.medianMicros ?? null;
  const market = band === null ? [] : [band.p25Micros, band.medianMicros, band.p75Micros];
  const prices = [...market, ...occupancy.steps.map(({ toMicros }) => toMicros)];
  let best: { readonly price: Micros; readonly net: Micros } | null = null;
  for (const price of prices.toSorted((a, b) => (a < b ? -1 : 1))) {
    const net = whatIf(advice, { priceMicrosPerGpuHour: price, ...power }).netMicros;
    if (net !== null && (best === null || net > best.net)) best = { price, net };
  }
  return best?.price ?? band?.medianMicros ?? null;
}

/** The prices that a slider offers: from half of the lowest to half above the highest that the market knows, in steps of people. */
export function sliderRange(advice: Pick<PriceAdvice, 'band' | 'occupancy' | 'currentMicros'>): {
  readonly lowMicros: Micros;
  readonly highMicros: Micros;
  readonly stepMicros: Micros;
} {
  const known = [
    ...(advice.band === null ? [] : [advice.band.lowestMicros, advice.band.highestMicros]),
    ...(advice.occupancy?.steps.flatMap(({ fromMicros, toMicros }) => [fromMicros, toMicros]) ?? []),
    ...(advice.currentMicros === null ? [] : [advice.currentMicros]),
  ];
  const high = known.reduce(maxMicros, 0n) || 1_000_000n;
  const low = known.reduce((a, b) => (b < a ? b : a), high);
  const stepMicros = high >= 1_000_000n ? 10_000n : 1_000n;
  const within = (micros: Micros) => (micros / stepMicros) * stepMicros;
  return {
    lowMicros: maxMicros(stepMicros, within(low / 2n)),
    highMicros: within((high * 3n) / 2n) + stepMicros,
    stepMicros,
  };
}

/** What of a question could be read, and what is wrong with the rest, one sentence a field. */
export type ReadWhatIf = {
  readonly ask: WhatIfAsk;
  readonly problems: Partial<Record<'price' | 'watts' | 'kwh', string>>;
};

const MOST_WATTS = 2_000;
const MOST_MICROS_PER_KWH = 10_000_000n;

/** Reads a question as a form sends it: dollars as decimal text; what is missing or makes no sense is as the advice has it. */
export function readWhatIf(
  typed: {
    readonly price?: string | undefined;
    readonly watts?: string | undefined;
    readonly kwh?: string | undefined;
  },
  usual: WhatIfAsk,
): ReadWhatIf {
  const problems: ReadWhatIf['problems'] = {};
  const given = (text: string | undefined) => (text?.trim() ?? '') !== '';
  const price = parseDollars(typed.price ?? '');
  if (given(typed.price) && (price === undefined || price <= 0n || price > 1_000_000_000n))
    problems.price = 'Write a price from $0.000001 to $1,000, like 0.35.';
  const watts = /^\d{1,4}$/.test(typed.watts?.trim() ?? '') ? Number(typed.watts) : undefined;
  if (given(typed.watts) && (watts === undefined || watts > MOST_WATTS))
    problems.watts = `Write whole watts, ${MOST_WATTS.toLocaleString('en')} at most.`;
  const kwh = parseDollars(typed.kwh ?? '');
  if (given(typed.kwh) && (kwh === undefined || kwh > MOST_MICROS_PER_KWH))
    problems.kwh = 'Write dollars like 0.30, 10 at most.';
  return {
    ask: {
      priceMicrosPerGpuHour: problems.price === undefined && price !== undefined ? price : usual.priceMicrosPerGpuHour,
      wattsPerGpu: problems.watts === undefined && watts !== undefined ? watts : usual.wattsPerGpu,
      microsPerKwh: problems.kwh === undefined && kwh !== undefined ? kwh : usual.microsPerKwh,
    },
    problems,
  };
}
