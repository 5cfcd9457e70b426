import { THE_MARKET } from '#lib/base/actor.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { type LockedBooking, lockBooking } from '#lib/bookings/lock-booking.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { dueEndWarning, END_WARNING_SECONDS } from '#protocol/end-warning.ts';

const [FIRST, LAST] = END_WARNING_SECONDS;

/**
 * Sweep: tells renters that the time of a running rental is nearly over, half an hour and five minutes before, once each; again when the end was moved.
 * After an outage only the later of the two is told. Interruptible rentals and jobs have notices of their own. Answers how many.
 */
export async function warnWindows(world: World = theWorld): Promise<number> {
  const now = world.now();
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b
    WHERE b.desired = 'running' AND b.observed = 'connectable' AND b.kind <> 'interruptible' AND b.at_exit IS NULL
      AND b.ends_at > ${now}::timestamptz AND b.ends_at <= ${addSeconds(now, FIRST)}::timestamptz
      AND NOT EXISTS (
        SELECT 1 FROM events e WHERE e.booking_id = b.id AND e.kind = 'booking.windowEnding'
          AND (e.data->>'endsAt')::timestamptz = b.ends_at
          AND (e.data->>'leftSeconds')::int <= CASE WHEN b.ends_at <= ${addSeconds(now, LAST)}::timestamptz THEN ${LAST}::int ELSE ${FIRST}::int END
      )
    ORDER BY b.id`;
  return eachRow('warnWindows', rows, ({ id }) => inTransaction('warn of window', (tx) => warn(tx, id, now)));
}

async function warn(tx: Tx, id: string, now: Date): Promise<boolean> {
  const booking = await lockBooking(tx, { id });
  const { startsAt, endsAt, desired } = booking;
  const window = { startsAtMs: startsAt.getTime(), endsAtMs: endsAt.getTime() };
  const leftSeconds = desired === 'running' ? dueEndWarning(window, now.getTime()) : null;
  if (leftSeconds === null || (await wasTold(tx, booking, leftSeconds))) return false;
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'booking.windowEnding',
      userId: booking.renterId,
      bookingId: id,
      machineId: booking.machineId,
      data: { endsAt: endsAt.toISOString(), leftSeconds, hostId: booking.hostId },
    },
    now,
  );
  return true;
}

/** Another worker may have told meanwhile. */
async function wasTold(tx: Tx, { id, endsAt }: LockedBooking, leftSeconds: number): Promise<boolean> {
  const events = await tx.event.findMany({
    where: { bookingId: id, kind: 'booking.windowEnding' },
    orderBy: { id: 'desc' },
    take: 2,
    select: { data: true },
  });
  return events.some(({ data }) => {
    const said = data as { endsAt?: unknown; leftSeconds?: unknown };
    return said.endsAt === endsAt.toISOString() && Number(said.leftSeconds) <= leftSeconds;
  });
}
