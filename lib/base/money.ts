/** Integer micro-dollars: 1 USD = 1,000,000. All money in Sublet; never a float. */
export type Micros = bigint;

export const MICROS_PER_DOLLAR = 1_000_000n;
export const SECONDS_PER_HOUR = 3_600n;
/** A month of disk is 30 days, so that a price per month means the same in every month. */
export const SECONDS_PER_MONTH = 2_592_000n;
export const BYTES_PER_GIB = 1_073_741_824n;

/** floor(price × GPU-seconds ÷ 3600), over a running total: bill the difference of two totals so that parts sum to the whole. */
export function gpuCharge(priceMicrosPerGpuHour: Micros, gpuSeconds: bigint): Micros {
  return (priceMicrosPerGpuHour * gpuSeconds) / SECONDS_PER_HOUR;
}

/** floor(price × byte-seconds ÷ (GiB × 30 days)), over a running total like {@link gpuCharge}. */
export function diskCharge(diskPriceMicrosPerGibMonth: Micros, diskByteSeconds: bigint): Micros {
  return (diskPriceMicrosPerGibMonth * diskByteSeconds) / (BYTES_PER_GIB * SECONDS_PER_MONTH);
}

/** The platform's share of a charge, floored, over a running total. 100 basis points are 1 %. */
export function feeOf(chargedMicros: Micros, feeBasisPoints: number): Micros {
  return (chargedMicros * BigInt(feeBasisPoints)) / 10_000n;
}

/** Reads a person's decimal dollars ("0.35", "12") exactly; undefined when it is not a plain amount with at most six decimals. */
export function parseDollars(text: string): Micros | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return BigInt(match[1] ?? '0') * MICROS_PER_DOLLAR + BigInt((match[2] ?? '').padEnd(6, '0'));
}

/** Dollars for people: at least two decimals, at most six, no rounding: "$0.35", "$1,204.00", "−$0.000012". */
export function formatDollars(micros: Micros): string {
  const magnitude = micros < 0n ? -micros : micros;
  const whole = (magnitude / MICROS_PER_DOLLAR).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (magnitude % MICROS_PER_DOLLAR).toString().padStart(6, '0').replace(/0{1,4}$/, '');
  return `${micros < 0n ? '−' : ''}$${whole}.${fraction}`;
}

/** Plain decimal for an input field: "0.35". Reads back with {@link parseDollars}. */
export function dollarsInput(micros: Micros): string {
  return formatDollars(micros).replace(/[$,]/g, '');
}

/** Rounded down to whole cents: the one place where money loses precision, at the payment provider's edge. */
export function toCents(micros: Micros): bigint {
  return micros / 10_000n;
}

export function minMicros(a: Micros, b: Micros): Micros {
  return a < b ? a : b;
}
