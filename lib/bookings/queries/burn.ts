import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import type { RentalRow } from '../rental.ts';
import { type Burning, leftOf, runwaysOf, walletLasts } from '../runway.ts';
import { rowColumns, rowFrom } from './rental-row.ts';

/** Longer than that is not worth an instant. */
const FAR_SECONDS = 10 * 365 * 86_400;

/** A rental of the viewer's that is not over. Its runway is the one that it has beside the viewer's others. */
export type BurningRental = RentalRow & { readonly capMicros: Micros | null };

/** What everything that a renter has costs now, and how long the money lasts. */
export type Burn = {
  readonly freeMicros: Micros;
  readonly heldMicros: Micros;
  readonly microsPerHour: Micros;
  /** Until the first rental without a cap runs out of money; null when none uses any. */
  readonly runwaySeconds: number | null;
  /** The same as an instant; null also when it is over ten years away. */
  readonly lastsUntil: Date | null;
  /** Newest first. */
  readonly rentals: readonly BurningRental[];
};

/** What the viewer's running and stopped rentals cost an hour, each with its cap and hold, and for how long there is money. */
export async function burnOf(actor: Actor, now: Date): Promise<Burn> {
  const [money, rows] = await Promise.all([walletOf(actor), rowsOf(actor)]);
  const rentals = rows.map((row) => ({ row, rental: rowFrom(row, 'renter', money.freeMicros, now) }));
  const burning = rentals.flatMap(({ row, rental }) => burningOf(row, rental));
  const runways = runwaysOf(burning, money.freeMicros);
  const runwaySeconds = walletLasts(burning, money.freeMicros);
  return {
    ...money,
    microsPerHour: rentals.reduce((sum, { rental }) => sum + rental.cost.microsPerHour, 0n),
    runwaySeconds,
    lastsUntil: runwaySeconds === null || runwaySeconds > FAR_SECONDS ? null : addSeconds(now, runwaySeconds),
    rentals: rentals.map(({ row, rental }) => ({
      ...rental,
      capMicros: row.capMicros,
      cost: { ...rental.cost, runwaySeconds: rental.cost.microsPerHour === 0n ? null : (runways.get(row.id) ?? null) },
    })),
  };
}

/**
 * How long each of the viewer's rentals lasts beside the others, in seconds: they share what may still be set aside of the
 * wallet. By their ids; what costs nothing now is left out.
 */
export async function sharedRunways(
  actor: Actor,
  spendableMicros: Micros,
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(actor);
  const burning = rows.flatMap((row) => burningOf(row, rowFrom(row, 'renter', spendableMicros, now)));
  const runways = runwaysOf(burning, spendableMicros);
  return new Map(burning.map(({ id }) => [id, runways.get(id) ?? 0]));
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

function rowsOf(actor: Actor) {
  return db.booking.findMany({
    where: { renterId: actor.userId, endedAt: null },
    orderBy: { id: 'desc' },
    select: rowColumns,
  });
}

function burningOf(row: Row, rental: RentalRow): Burning[] {
  if (row.lease === null || rental.billable === 'nothing') return [];
  const doing = rental.billable === 'gpuAndDisk' ? 'running' : 'stopped';
  const leftMicros = leftOf(row.lease, doing, rental.cost.estimatedMicros);
  const { capMicros, lease } = row;
  const room = capMicros === null ? 0n : capMicros - lease.chargedMicros - lease.heldMicros;
  const underCapMicros = room > 0n ? room : 0n;
  return [{ id: row.id, terms: rental.terms, doing, capped: capMicros !== null, underCapMicros, leftMicros }];
}
