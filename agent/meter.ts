import { diskCharge, gpuCharge } from '../protocol/charge.ts';
import type { LeasePermit } from '../protocol/lease.ts';
import { NO_PREVIOUS, type Statement } from '../protocol/statement.ts';
import { PROTOCOL_VERSION } from '../protocol/words.ts';
import type { Reading } from './clock.ts';

/** What was stated under a lease so far; kept in the journal together with the statement that made it so. */
export type Totals = {
  /** The number that the next statement gets. */
  sequence: number;
  /** Hash of the statement before it. */
  previous: string;
  gpuSeconds: bigint;
  diskByteSeconds: bigint;
  /** Where the last stated interval ended, in milliseconds of wall time; no later one begins before it. */
  endedAt: number | null;
};

export const NOTHING_STATED: Totals = {
  sequence: 0,
  previous: NO_PREVIOUS,
  gpuSeconds: 0n,
  diskByteSeconds: 0n,
  endedAt: null,
};

/** Time that passes and is not stated yet: `running` with GPUs, or `stopped` with the disk kept. */
export type Interval = { state: Statement['state']; startsAt: number; monotonic: number };

/** How long an interval may grow before it is stated, in seconds. */
export const STATE_EVERY_SECONDS = { running: 60, stopped: 600 } as const;

/** Wall time that differs from measured time by more than this moves the next interval (forward only). */
const DRIFT_MS = 2_000;

/** Begins to measure. Time before the reading, and time that was stated already, can not get into the interval. */
export function beginInterval(state: Statement['state'], totals: Totals, reading: Reading): Interval {
  return { state, startsAt: Math.max(reading.now, totals.endedAt ?? 0), monotonic: reading.monotonic };
}

/** Whole seconds that passed in an interval by the monotonic clock. */
export function secondsIn(interval: Interval, reading: Reading): number {
  return Math.max(0, Math.floor((reading.monotonic - interval.monotonic) / 1_000));
}

/** What the totals cost by the prices of a permit, in micro-dollars. */
export function chargeOf(totals: Pick<Totals, 'gpuSeconds' | 'diskByteSeconds'>, permit: LeasePermit): bigint {
  return (
    gpuCharge(BigInt(permit.priceMicrosPerGpuHour), totals.gpuSeconds) +
    diskCharge(BigInt(permit.diskPriceMicrosPerGibMonth), totals.diskByteSeconds)
  );
}

/**
 * How many of `wanted` further seconds may be stated: while running, none that costs more than the permit's ceiling and
 * none after its window. A kept disk is stated as long as it is kept; what of it is charged is the market's to bound.
 */
export function statableSeconds(totals: Totals, interval: Interval, permit: LeasePermit, wanted: number): number {
  if (interval.state === 'stopped') return wanted;
  const untilEnd = Math.floor((Date.parse(permit.endsAt) - interval.startsAt) / 1_000);
  const ceiling = BigInt(permit.ceilingMicros);
  const fits = (seconds: number) => chargeOf(after(totals, interval, permit, seconds), permit) <= ceiling;
  let most = Math.max(0, Math.min(wanted, untilEnd));
  if (fits(most)) return most;
  let least = 0;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}

/** Whether one more second than those of the open interval fits under the ceiling. */
export function affordsAnotherSecond(
  totals: Totals,
  interval: Interval | null,
  permit: LeasePermit,
  reading: Reading,
): boolean {
  const open = interval?.state === 'running' ? interval : beginInterval('running', totals, reading);
  const next = after(totals, open, permit, secondsIn(open, reading) + 1);
  return chargeOf(next, permit) <= BigInt(permit.ceilingMicros);
}

export type Stated = { statement: Statement | null; totals: Omit<Totals, 'previous'>; next: Interval };

/**
 * Ends an interval: its whole seconds as a statement (null when there is none) and the interval that goes on from there,
 * with the part of a second that is left over. Nothing is remembered here: until the result is journalled, the interval
 * stands, and ending it again later states the same seconds once.
 */
export function endInterval(totals: Totals, interval: Interval, permit: LeasePermit, reading: Reading): Stated {
  const passed = secondsIn(interval, reading);
  const seconds = statableSeconds(totals, interval, permit, passed);
  const nothing = passed === 0 ? interval : beginInterval(interval.state, totals, reading);
  if (seconds === 0) return { statement: null, totals, next: nothing };
  const endsAt = interval.startsAt + seconds * 1_000;
  const total = after(totals, interval, permit, seconds);
  const gpuUuids = interval.state === 'running' ? permit.gpuUuids : [];
  const statement: Statement = {
    v: PROTOCOL_VERSION,
    leaseId: permit.leaseId,
    machineId: permit.machineId,
    sequence: totals.sequence,
    previous: totals.previous,
    startsAt: new Date(interval.startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    monotonicSeconds: seconds,
    state: interval.state,
    gpuUuids,
    gpuSeconds: seconds * gpuUuids.length,
    diskByteSeconds: String(total.diskByteSeconds - totals.diskByteSeconds),
  };
  return {
    statement,
    totals: { ...total, sequence: totals.sequence + 1, endedAt: endsAt },
    next: { state: interval.state, ...goesOn(interval, passed, seconds, endsAt, reading) },
  };
}

function goesOn(
  interval: Interval,
  passed: number,
  stated: number,
  endsAt: number,
  reading: Reading,
): Pick<Interval, 'startsAt' | 'monotonic'> {
  // Seconds beyond ceiling or window are nobody's: they must not come back in a later statement.
  if (stated < passed) return { startsAt: Math.max(endsAt, reading.now), monotonic: reading.monotonic };
  const monotonic = interval.monotonic + stated * 1_000;
  const byWall = reading.now - (reading.monotonic - monotonic);
  const startsAt = Math.abs(byWall - endsAt) <= DRIFT_MS ? endsAt : Math.max(endsAt, Math.round(byWall));
  return { startsAt, monotonic };
}

function after(totals: Totals, interval: Interval, permit: LeasePermit, seconds: number) {
  const gpus = interval.state === 'running' ? permit.gpuUuids.length : 0;
  return {
    gpuSeconds: totals.gpuSeconds + BigInt(seconds * gpus),
    diskByteSeconds: totals.diskByteSeconds + BigInt(seconds) * BigInt(permit.diskBytes),
  };
}
