import { type Micros, minMicros } from '#lib/base/money.ts';
import { chargeFor, type Prices, type Usage } from '#lib/bookings/terms.ts';
import { BYTES_PER_GIB, diskCharge, gpuCharge, SECONDS_PER_HOUR, SECONDS_PER_MONTH } from '#protocol/charge.ts';
import type { Statement } from '#protocol/statement.ts';

/** A machine whose clock runs ahead by more than this is not billed for the time that has not come. */
export const FUTURE_MS = 5 * 60_000;

/** Why a part of what a machine stated is not billed. */
export const UNBILLED_REASONS = {
  settled: 'The bill was closed before this statement came.',
  backwards: 'The statement ends before it begins.',
  fromTheFuture: 'The statement is about time that has not come.',
  overlap: 'The time was billed already.',
  outsideWindow: 'The time is outside what was rented: before it was usable, or after somebody asked for its end.',
  moreThanPassed: 'More was stated than the time that passed allows.',
  moneyRanOut: 'It is more than was set aside, or than the cap.',
} as const;
export type UnbilledReason = keyof typeof UNBILLED_REASONS;

/** A GPU for a while: what of its time may be billed. */
export type GpuWindow = { readonly uuid: string; readonly from: Date; readonly to: Date };

/** What decides what of a statement may be billed. */
export type BillingFacts = {
  readonly prices: Prices;
  readonly diskBytes: bigint;
  readonly gpuWindows: readonly GpuWindow[];
  /** From when to when the disk may be billed; null is open. */
  readonly diskFrom: Date | null;
  readonly diskTo: Date | null;
  /** The most that may be charged in all while running. A kept disk is bounded by what is held. */
  readonly ceilingMicros: Micros;
  readonly settled: boolean;
};

/** The running totals of a lease. What was charged is always what these cost. */
export type BillingState = Usage & {
  readonly chargedMicros: Micros;
  readonly heldMicros: Micros;
  /** Up to here time is billed, or was stated and refused. */
  readonly billedUntil: Date | null;
};

export type Billed = {
  readonly gpuSeconds: bigint;
  readonly diskByteSeconds: bigint;
  readonly chargedMicros: Micros;
  /** Why not all of what was stated; null when all of it was. */
  readonly reason: UnbilledReason | null;
  readonly next: BillingState;
};

/**
 * What of a statement is billed: time that passed on both clocks of the machine, inside what was rented, not billed
 * before, not in the future, and paid for. Charges are differences of running totals, so that parts sum to the whole
 * whatever the statements cut. The caller has checked signature and chain.
 */
export function bill(statement: Statement, state: BillingState, facts: BillingFacts, now: Date): Billed {
  const stated = { gpuSeconds: statedGpuSeconds(statement), diskByteSeconds: BigInt(statement.diskByteSeconds) };
  const nothing = (reason: UnbilledReason, next = state): Billed => ({
    gpuSeconds: 0n,
    diskByteSeconds: 0n,
    chargedMicros: 0n,
    reason: stated.gpuSeconds === 0n && stated.diskByteSeconds === 0n ? null : reason,
    next,
  });
  if (facts.settled) return nothing('settled');
  const start = Date.parse(statement.startsAt);
  const end = Date.parse(statement.endsAt);
  if (end < start) return nothing('backwards');
  const until = Math.min(end, now.getTime() + FUTURE_MS);
  const from = Math.max(start, state.billedUntil?.getTime() ?? start);
  if (until <= start) return nothing('fromTheFuture');
  if (until <= from) return nothing('overlap');

  const possible = usageWithin(statement, { from, until }, facts);
  const passed = limit(stated, possible);
  const paid = whatIsPaid(statement.state, passed, state, facts);
  const totals = {
    gpuSeconds: state.gpuSeconds + paid.gpuSeconds,
    diskByteSeconds: state.diskByteSeconds + paid.diskByteSeconds,
  };
  const chargedMicros = chargeFor(facts.prices, totals) - state.chargedMicros;
  return {
    ...paid,
    chargedMicros,
    reason: reasonFor(stated, passed, paid, { start, end, from, until }, statement),
    next: {
      ...totals,
      chargedMicros: state.chargedMicros + chargedMicros,
      heldMicros: state.heldMicros - chargedMicros,
      billedUntil: new Date(until),
    },
  };
}

type Span = { readonly from: number; readonly until: number };

function statedGpuSeconds(statement: Statement): bigint {
  return statement.state === 'running' ? BigInt(statement.gpuSeconds) : 0n;
}

function secondsOf(span: Span, from: number, until: number): number {
  return Math.max(0, Math.floor((Math.min(span.until, until) - Math.max(span.from, from)) / 1_000));
}

function usageWithin(statement: Statement, span: Span, facts: BillingFacts): Usage {
  const most = statement.monotonicSeconds;
  const uuids = new Set(statement.gpuUuids);
  let gpuSeconds = 0;
  for (const uuid of uuids) {
    let seconds = 0;
    for (const window of facts.gpuWindows) {
      if (window.uuid === uuid) seconds += secondsOf(span, window.from.getTime(), window.to.getTime());
    }
    gpuSeconds += Math.min(seconds, most);
  }
  const diskFrom = facts.diskFrom?.getTime() ?? span.from;
  const diskTo = facts.diskTo?.getTime() ?? span.until;
  const diskSeconds = Math.min(secondsOf(span, diskFrom, diskTo), most);
  return {
    gpuSeconds: statement.state === 'running' ? BigInt(gpuSeconds) : 0n,
    diskByteSeconds: BigInt(diskSeconds) * facts.diskBytes,
  };
}

function limit(a: Usage, b: Usage): Usage {
  return {
    gpuSeconds: minMicros(a.gpuSeconds, b.gpuSeconds),
    diskByteSeconds: minMicros(a.diskByteSeconds, b.diskByteSeconds),
  };
}

/** As much as money is there for: whole GPU-seconds first give way, then the disk. */
function whatIsPaid(doing: Statement['state'], usage: Usage, state: BillingState, facts: BillingFacts): Usage {
  const { priceMicrosPerGpuHour, diskPriceMicrosPerGibMonth } = facts.prices;
  const all = state.chargedMicros + state.heldMicros;
  const bound = doing === 'running' ? minMicros(all, facts.ceilingMicros) : all;
  const disk = state.diskByteSeconds + usage.diskByteSeconds;
  const wanted = { gpuSeconds: state.gpuSeconds + usage.gpuSeconds, diskByteSeconds: disk };
  if (chargeFor(facts.prices, wanted) <= bound) return usage;
  const gpu = most(priceMicrosPerGpuHour, SECONDS_PER_HOUR, bound - diskCharge(diskPriceMicrosPerGibMonth, disk));
  if (gpu >= state.gpuSeconds) return { ...usage, gpuSeconds: gpu - state.gpuSeconds };
  const left = bound - gpuCharge(priceMicrosPerGpuHour, state.gpuSeconds);
  const bytes = most(diskPriceMicrosPerGibMonth, BYTES_PER_GIB * SECONDS_PER_MONTH, left);
  return {
    gpuSeconds: 0n,
    diskByteSeconds: bytes > state.diskByteSeconds ? bytes - state.diskByteSeconds : 0n,
  };
}

/** The largest total whose charge floor(price × total ÷ unit) is not above an amount; −1 when even nothing is. */
function most(price: bigint, unit: bigint, micros: Micros): bigint {
  if (micros < 0n) return -1n;
  return price === 0n ? -1n : ((micros + 1n) * unit - 1n) / price;
}

function reasonFor(
  stated: Usage,
  passed: Usage,
  paid: Usage,
  at: { readonly start: number; readonly end: number; readonly from: number; readonly until: number },
  statement: Statement,
): UnbilledReason | null {
  if (paid.gpuSeconds < passed.gpuSeconds || paid.diskByteSeconds < passed.diskByteSeconds) return 'moneyRanOut';
  if (passed.gpuSeconds === stated.gpuSeconds && passed.diskByteSeconds === stated.diskByteSeconds) return null;
  if (at.from > at.start) return 'overlap';
  if (at.until < at.end) return 'fromTheFuture';
  const time = Math.min(Math.floor((at.end - at.start) / 1_000), statement.monotonicSeconds);
  const gpus = new Set(statement.gpuUuids).size;
  return stated.gpuSeconds > BigInt(time * gpus) ? 'moreThanPassed' : 'outsideWindow';
}
