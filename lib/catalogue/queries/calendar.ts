import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { type BlockKind, type Calendar, nextOpening, openBetween, openNow } from '#lib/catalogue/calendar.ts';
import { calendarFrom, RULE_COLUMNS } from '#lib/catalogue/stored-calendar.ts';
import { db, type Reader } from '#lib/io/db.ts';

/** A calendar with the blocks that are not over: for a look, or inside a transaction that has locked its machine. */
export async function calendarOf(
  reader: Pick<Reader, 'calendar' | 'calendarBlock'>,
  machineId: string,
  now: Date,
): Promise<Calendar> {
  const [rules, blocks] = await Promise.all([
    reader.calendar.findUnique({ where: { machineId }, select: RULE_COLUMNS }),
    reader.calendarBlock.findMany({ where: { machineId, endsAt: { gt: now } }, orderBy: { startsAt: 'asc' } }),
  ]);
  return calendarFrom(rules, blocks);
}

/** A span of which the host took the machine out. */
export type CalendarBlockRow = {
  readonly id: string;
  readonly kind: BlockKind;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly note: string;
};

/** What is booked on a machine, for its host. */
export type CalendarBooking = {
  readonly bookingId: string;
  readonly name: string;
  readonly renterName: string;
  readonly kind: string;
  readonly gpuCount: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

export type MachineCalendar = {
  readonly machineId: string;
  readonly machineName: string;
  readonly gpuCount: number;
  readonly listingId: string | null;
  readonly calendar: Calendar;
  /** False when the host has set nothing: then it is open always. */
  readonly isSet: boolean;
  readonly blocks: readonly CalendarBlockRow[];
  readonly bookings: readonly CalendarBooking[];
  /** When it is open between the two instants. */
  readonly open: readonly { readonly startsAt: Date; readonly endsAt: Date }[];
  readonly isOpen: boolean;
  /** When it closes, being open now; null also when it does not within 30 days. */
  readonly closesAt: Date | null;
  readonly nextOpening: Date | null;
};

/** A machine's calendar between two instants, for its host: rules, blocks, what is booked, and when it is open. */
export async function machineCalendar(
  actor: Actor,
  machineId: string,
  span: { readonly from: Date; readonly until: Date },
  now: Date,
): Promise<MachineCalendar> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      id: true,
      name: true,
      listing: { select: { id: true } },
      calendar: { select: RULE_COLUMNS },
      gpus: { where: { removedAt: null }, select: { id: true } },
      blocks: {
        where: { endsAt: { gt: span.from < now ? span.from : now } },
        orderBy: { startsAt: 'asc' },
        select: { id: true, kind: true, startsAt: true, endsAt: true, note: true },
      },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  const calendar = calendarFrom(machine.calendar, machine.blocks);
  const open = openNow(calendar, now);
  return {
    machineId: machine.id,
    machineName: machine.name,
    gpuCount: machine.gpus.length,
    listingId: machine.listing?.id ?? null,
    calendar,
    isSet: machine.calendar !== null,
    blocks: machine.blocks as CalendarBlockRow[],
    bookings: await bookedOn(db, machineId, span),
    open: openBetween(calendar, span.from.getTime(), span.until.getTime()).map(([from, to]) => ({
      startsAt: new Date(from),
      endsAt: new Date(to),
    })),
    isOpen: open !== null,
    closesAt: open?.closesAt ?? null,
    nextOpening: nextOpening(calendar, now),
  };
}

/** What has GPUs of a machine at some time between two instants, the earliest first. */
export async function bookedOn(
  reader: Pick<Reader, '$queryRaw'>,
  machineId: string,
  span: { readonly from: Date; readonly until: Date },
): Promise<CalendarBooking[]> {
  return reader.$queryRaw<CalendarBooking[]>`
    SELECT b.id AS "bookingId", b.name, u.name AS "renterName", b.kind, count(*)::int AS "gpuCount",
      a.starts_at AS "startsAt", a.ends_at AS "endsAt"
    FROM allocations a JOIN gpus g ON g.id = a.gpu_id JOIN bookings b ON b.id = a.booking_id JOIN users u ON u.id = b.renter_id
    WHERE g.machine_id = ${machineId} AND a.ends_at > a.starts_at
      AND tstzrange(a.starts_at, a.ends_at) && tstzrange(${span.from}::timestamptz, ${span.until}::timestamptz)
    GROUP BY b.id, u.name, a.starts_at, a.ends_at ORDER BY a.starts_at, b.id`;
}
