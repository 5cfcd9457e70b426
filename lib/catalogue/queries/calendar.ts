import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { ALWAYS, type Calendar, nextOpening, openBetween, openNow, type TakenKind } from '#lib/catalogue/calendar.ts';
import { calendarFrom, RULE_COLUMNS } from '#lib/catalogue/stored-calendar.ts';
import { db, type Reader } from '#lib/io/db.ts';

/** A calendar with the blocks that are not over: for a look, or inside a transaction that has locked its machine. */
export async function calendarOf(reader: Pick<Reader, '$queryRaw'>, machineId: string, now: Date): Promise<Calendar> {
  return (await calendarsOf(reader, [machineId], now)).get(machineId) ?? ALWAYS;
}

/** The calendars of machines that have rules or blocks; any other is open always. */
export async function calendarsOf(
  reader: Pick<Reader, '$queryRaw'>,
  machineIds: readonly string[],
  now: Date,
): Promise<Map<string, Calendar>> {
  const rows = await reader.$queryRaw<Stored[]>`
    SELECT c.machine_id AS "machineId", c.zone, c.hours, c.least_seconds AS "leastSeconds", c.most_seconds AS "mostSeconds",
      c.lead_seconds AS "leadSeconds", c.cancellation, c.maintenance_notice_seconds AS "maintenanceNoticeSeconds",
      blocks.kinds, blocks.starts, blocks.ends
    FROM calendars c LEFT JOIN LATERAL (
      SELECT array_agg(b.kind ORDER BY b.starts_at) AS kinds, array_agg(b.starts_at ORDER BY b.starts_at) AS starts,
        array_agg(b.ends_at ORDER BY b.starts_at) AS ends
      FROM calendar_blocks b WHERE b.machine_id = c.machine_id AND b.ends_at > ${now}::timestamptz
    ) blocks ON true
    WHERE c.machine_id = ANY(${[...machineIds]}::text[])`;
  return new Map(
    rows.map(({ machineId, kinds, starts, ends, ...rules }) => {
      const blocks = (kinds ?? []).map((kind, at) => ({
        kind,
        startsAt: starts?.[at] ?? new Date(Number.NaN),
        endsAt: ends?.[at] ?? new Date(Number.NaN),
      }));
      return [machineId, calendarFrom(rules, blocks)];
    }),
  );
}

type Stored = {
  readonly machineId: string;
  readonly zone: string;
  readonly hours: unknown;
  readonly leastSeconds: number;
  readonly mostSeconds: number | null;
  readonly leadSeconds: number;
  readonly cancellation: string;
  readonly maintenanceNoticeSeconds: number;
  readonly kinds: string[] | null;
  readonly starts: Date[] | null;
  readonly ends: Date[] | null;
};

/** A span of which the host took the machine out. */
export type CalendarBlockRow = {
  readonly id: string;
  readonly kind: TakenKind;
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
  actor: Pick<Actor, 'userId'>,
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
    WHERE g.machine_id = ${machineId} AND a.ends_at > a.starts_at AND a.ends_at > ${span.from}::timestamptz
      AND tstzrange(a.starts_at, a.ends_at) && tstzrange(${span.from}::timestamptz, ${span.until}::timestamptz)
    GROUP BY b.id, u.name, a.starts_at, a.ends_at ORDER BY a.starts_at, b.id`;
}
