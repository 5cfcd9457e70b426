import type { Micros } from '#lib/base/money.ts';
import { secondsPaid } from './hold.ts';
import { runningCost, type Terms } from './terms.ts';

/** Notices go out when the money lasts this long, in seconds. */
export const WARN_AT_SECONDS = [3_600, 900, 300] as const;

/** A rental that runs, and what its money is. */
export type Burning = {
  readonly id: string;
  readonly terms: Terms;
  readonly capped: boolean;
  /** What its hold still pays while it runs, estimated use taken off. */
  readonly leftMicros: Micros;
};

/**
 * How long each of a renter's running rentals lasts: on its own hold, and then, without a cap, on its share of the free
 * money, by the rate at which all of those use it.
 */
export function runwaysOf(rentals: readonly Burning[], freeMicros: Micros): Map<string, number> {
  const together = rentals.reduce((sum, { capped, terms }) => (capped ? sum : sum + runningCost(terms, 3_600)), 0n);
  const shared = together === 0n ? 0 : Number((freeMicros * 3_600n) / together);
  return new Map(
    rentals.map(({ id, terms, capped, leftMicros }) => {
      const own = secondsPaid(terms, 'running', leftMicros) ?? Number.MAX_SAFE_INTEGER;
      return [id, own + (capped ? 0 : shared)];
    }),
  );
}

/** Which notice is due: the smallest bound that is reached and was not told yet; null when none is. */
export function warningDue(runwaySeconds: number, warnedSeconds: number | null): number | null {
  const reached = WARN_AT_SECONDS.filter((bound) => runwaySeconds <= bound).at(-1);
  return reached !== undefined && (warnedSeconds === null || reached < warnedSeconds) ? reached : null;
}
