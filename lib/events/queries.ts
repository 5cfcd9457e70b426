import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';

/** An event as its feed tells it: ids only; whoever needs more asks again. */
export type FeedRow = {
  readonly id: bigint;
  readonly kind: string;
  readonly bookingId: string | null;
  readonly machineId: string | null;
  readonly listingId: string | null;
  readonly createdAt: Date;
};

/** Events after `after` that concern the viewer as a person, as renter or host of a booking, or as host of a machine; oldest first. */
export async function feedOf(actor: Actor, after: bigint, take: number): Promise<readonly FeedRow[]> {
  return db.$queryRaw<FeedRow[]>`
    SELECT e.id, e.kind, e.booking_id AS "bookingId", e.machine_id AS "machineId", e.listing_id AS "listingId", e.created_at AS "createdAt"
    FROM events e
    LEFT JOIN bookings b ON b.id = e.booking_id
    LEFT JOIN machines m ON m.id = e.machine_id
    WHERE e.id > ${after} AND (
      e.user_id = ${actor.userId} OR b.renter_id = ${actor.userId} OR b.host_id = ${actor.userId}
      OR (e.booking_id IS NULL AND m.host_id = ${actor.userId})
    )
    ORDER BY e.id LIMIT ${take}::int`;
}

/** The newest event of all: where a feed without a past begins. */
export async function newestEvent(): Promise<bigint> {
  const newest = await db.event.findFirst({ orderBy: { id: 'desc' }, select: { id: true } });
  return newest?.id ?? 0n;
}

/** Whether the viewer rents or hosts this booking. Never changes for a booking, so the answer may be kept. */
export async function takesPart(actor: Actor, bookingId: string): Promise<boolean> {
  const found = await db.booking.findFirst({
    where: { id: bookingId, OR: [{ renterId: actor.userId }, { hostId: actor.userId }] },
    select: { id: true },
  });
  return found !== null;
}

/** Whether the viewer is the host of this machine. Never changes for a machine, so the answer may be kept. */
export async function hosts(actor: Actor, machineId: string): Promise<boolean> {
  const found = await db.machine.findFirst({ where: { id: machineId, hostId: actor.userId }, select: { id: true } });
  return found !== null;
}

export type BookingEvent = {
  readonly id: bigint;
  readonly kind: string;
  readonly data: unknown;
  readonly reason: string | null;
  readonly createdAt: Date;
};

const MOST_EVENTS = 500;

/** What happened to a booking, oldest first, for its renter and its host; for others it is not found. */
export async function eventsOfBooking(actor: Actor, bookingId: string): Promise<readonly BookingEvent[]> {
  if (!(await takesPart(actor, bookingId))) throw new Refusal('notFound');
  return db.event.findMany({
    where: { bookingId },
    select: { id: true, kind: true, data: true, reason: true, createdAt: true },
    orderBy: { id: 'asc' },
    take: MOST_EVENTS,
  });
}
