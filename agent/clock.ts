import { uptime } from 'node:os';

/** The clocks of a machine, in milliseconds. Tests hand in their own. */
export type Clock = {
  /** The wall clock as it is set: it may jump. */
  wall(): number;
  /** Never jumps and stands still while the machine sleeps: what is billed is measured by it. */
  monotonic(): number;
  /** Never jumps and goes on while the machine sleeps. */
  elapsed(): number;
};

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  elapsed: () => uptime() * 1_000,
};

/** Both readings that metering needs, taken together. `now` is the wall time of {@link MarketTime}. */
export type Reading = { now: number; monotonic: number };

/** Wall time that a wrong or moved clock of this machine cannot shift, once the market was heard. */
export type MarketTime = {
  now(): number;
  reading(): Reading;
  /** The market said its time just now. */
  heard(instant: number): void;
};

/** A network answer is older than it looks by at most about this much; smaller differences are not worth a step. */
const STEP_MS = 2_000;

/** Starts at the wall clock, goes on by elapsed time alone, and steps only when the market says otherwise. */
export function marketTime(clock: Clock): MarketTime {
  let anchor = { wall: clock.wall(), elapsed: clock.elapsed() };
  const now = () => Math.round(anchor.wall + clock.elapsed() - anchor.elapsed);
  return {
    now,
    reading: () => ({ now: now(), monotonic: clock.monotonic() }),
    heard(instant) {
      if (Math.abs(instant - now()) > STEP_MS) anchor = { wall: instant, elapsed: clock.elapsed() };
    },
  };
}
