/** Integer micro-dollars: 1 USD = 1,000,000. All money in Sublet; never a float. */
export type Micros = bigint;

export const MICROS_PER_DOLLAR = 1_000_000n;
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
  const fraction = (magnitude % MICROS_PER_DOLLAR)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
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

/** A provider's cents as micro-dollars, exactly. Whole cents only: anything else is no amount of theirs. */
export function fromCents(cents: number): Micros {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is no number of cents`);
  return BigInt(cents) * 10_000n;
}

export function minMicros(a: Micros, b: Micros): Micros {
  return a < b ? a : b;
}
