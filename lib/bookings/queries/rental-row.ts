import type { Prisma } from '#lib/io/generated/client.ts';
import { type BookingFacts, bookingActions, liesAhead, type Side } from '../booking.ts';
import { besideOthers, costOf, type RentalRow } from '../rental.ts';
import { readTerms } from '../terms.ts';

/** What a rental in a list is read from. */
export const rowColumns = {
  id: true,
  kind: true,
  prices: { orderBy: { since: 'desc' }, take: 1, select: { microsPerGpuHour: true } },
  run: true,
  name: true,
  image: true,
  renterId: true,
  hostId: true,
  terms: true,
  capMicros: true,
  desired: true,
  observed: true,
  billable: true,
  reason: true,
  atExit: true,
  createdAt: true,
  observedAt: true,
  startsAt: true,
  startedAt: true,
  endsAt: true,
  endedAt: true,
  diskUntil: true,
  endLockedAt: true,
  renter: { select: { name: true } },
  machine: { select: { id: true, name: true, simulated: true, region: true, country: true, lastSyncAt: true } },
  lease: {
    select: {
      gpuSeconds: true,
      diskByteSeconds: true,
      chargedMicros: true,
      feeMicros: true,
      cancellationMicros: true,
      cancellationRefundedMicros: true,
      refundedMicros: true,
      heldMicros: true,
      ceilingMicros: true,
      billedUntil: true,
      settledAt: true,
    },
  },
} satisfies Prisma.BookingSelect;

type Row = Prisma.BookingGetPayload<{ select: typeof rowColumns }>;

/** A rental with the runway that it has beside its renter's others. */
export function beside(rental: RentalRow, runways: ReadonlyMap<string, number>, now: Date): RentalRow {
  const shared = runways.get(rental.id);
  return shared === undefined ? rental : { ...rental, cost: besideOthers(rental.cost, shared, rental, now) };
}

/** A rental as one side sees it. `freeMicros`: free money of the renter, when it is the renter who looks. */
export function rowFrom(row: Row, side: Side, freeMicros: bigint, now: Date): RentalRow {
  const terms = readTerms(row.terms);
  const facts = row as Row & BookingFacts;
  if (row.lease === null) throw new Error(`booking ${row.id} has no lease`);
  const lease = { ...row.lease, diskByteSeconds: BigInt(row.lease.diskByteSeconds.toFixed(0)) };
  const { billable, capMicros, endsAt, observedAt } = facts;
  return {
    id: row.id,
    kind: facts.kind,
    name: row.name,
    image: row.image,
    machine: row.machine,
    gpuModel: terms.gpuModel,
    gpuCount: terms.gpuCount,
    renterName: row.renter.name,
    terms,
    desired: facts.desired,
    observed: facts.observed,
    billable,
    reason: row.reason,
    createdAt: row.createdAt,
    startsAt: row.startsAt,
    ahead: liesAhead(facts, now),
    startedAt: row.startedAt,
    endsAt: row.endsAt,
    endedAt: row.endedAt,
    diskUntil: row.diskUntil,
    endLockedAt: side === 'renter' ? row.endLockedAt : null,
    cost: costOf(
      {
        terms,
        priceMicrosPerGpuHour: row.prices[0]?.microsPerGpuHour,
        billable,
        capMicros,
        endsAt,
        observedAt,
        lease,
        freeMicros,
      },
      now,
    ),
    actions: bookingActions(facts, side, now),
  };
}
