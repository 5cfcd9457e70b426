import { type Micros, minMicros } from '#lib/base/money.ts';
import { secondsPaid } from './hold.ts';
import { runningCost, stoppedCost, type Terms } from './terms.ts';

/** Notices go out when the money lasts this long, in seconds. */
export const WARN_AT_SECONDS = [3_600, 900, 300] as const;

/** A rental that uses money, and what its money is. */
export type Burning = {
  readonly id: string;
  readonly terms: Terms;
  /** It runs, unless it only keeps its disk. */
  readonly doing?: 'running' | 'stopped' | undefined;
  readonly capped: boolean;
  /** With a cap: how much of the free money it may still set aside under it. */
  readonly underCapMicros?: Micros | undefined;
  /** What its hold still pays as it is now, estimated use taken off. */
  readonly leftMicros: Micros;
};

/** What a rental costs an hour as it is now. */
function perHour({ terms, doing }: Burning): Micros {
  return doing === 'stopped' ? stoppedCost(terms, 3_600) : runningCost(terms, 3_600);
}

/** Whether a rental takes more of the free money when its hold runs low: without a cap, or with room below it. */
function drawsOn({ capped, underCapMicros = 0n }: Burning): boolean {
  return !capped || underCapMicros > 0n;
}

/**
 * How long each of a renter's rentals lasts, in seconds: on its own hold, and then on its share of the free money, by the rate
 * at which all that draw on it use it; with a cap no longer than the room below that pays.
 */
export function runwaysOf(rentals: readonly Burning[], freeMicros: Micros): Map<string, number> {
  const together = rentals.reduce((sum, rental) => (drawsOn(rental) ? sum + perHour(rental) : sum), 0n);
  const shared = together === 0n ? 0 : Number((freeMicros * 3_600n) / together);
  return new Map(
    rentals.map((rental) => {
      const { id, terms, doing = 'running', capped, underCapMicros = 0n, leftMicros } = rental;
      const paidBy = (micros: Micros) => secondsPaid(terms, doing, micros) ?? Number.MAX_SAFE_INTEGER;
      const more = !drawsOn(rental) ? 0 : capped ? Math.min(shared, paidBy(underCapMicros)) : shared;
      return [id, paidBy(leftMicros) + more];
    }),
  );
}

/**
 * How long a wallet lasts, in seconds: until the first of its rentals without a cap runs out of money. Null when none of them
 * uses any: then caps stop what runs, and the free money stays.
 */
export function walletLasts(rentals: readonly Burning[], freeMicros: Micros): number | null {
  const runways = runwaysOf(rentals, freeMicros);
  const paid = rentals.filter((rental) => !rental.capped && perHour(rental) > 0n);
  return paid.length === 0 ? null : Math.min(...paid.map(({ id }) => runways.get(id) ?? 0));
}

/** What a hold still pays of a rental as it is now: while it runs its ceiling bounds it, a kept disk has all that is held. */
export function leftOf(
  lease: { readonly ceilingMicros: Micros; readonly chargedMicros: Micros; readonly heldMicros: Micros },
  doing: 'running' | 'stopped',
  estimatedMicros: Micros,
): Micros {
  const held = lease.chargedMicros + lease.heldMicros;
  return (doing === 'running' ? minMicros(lease.ceilingMicros, held) : held) - estimatedMicros;
}

/** Which notice is due: the smallest bound that is reached and was not told yet; null when none is. */
export function warningDue(runwaySeconds: number, warnedSeconds: number | null): number | null {
  const reached = WARN_AT_SECONDS.filter((bound) => runwaySeconds <= bound).at(-1);
  return reached !== undefined && (warnedSeconds === null || reached < warnedSeconds) ? reached : null;
}
