import type { CalendarEvent } from '#lib/base/icalendar.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { BookingKind } from './booking.ts';

/** How often a calendar app is asked to look again, in minutes. */
export const FEED_MINUTES = 30;
/** So far back, and so far ahead, a feed goes: as far as windows can be reserved, and as long as one can be. */
export const FEED_PAST_DAYS = 30;
export const FEED_AHEAD_DAYS = 120;
/** Of more events those that begin last are left in. */
export const MOST_FEED_EVENTS = 2_000;

/** Where a feed is read, below the market's address. Whoever knows it reads it: no sign-in. */
export function feedPath(token: string): string {
  return `/api/v1/calendar-feeds/${token}/calendar.ics`;
}

const KINDS: Readonly<Record<BookingKind, string>> = {
  onDemand: 'on demand',
  reserved: 'reserved',
  interruptible: 'interruptible',
};

type Span = { readonly startsAt: Date; readonly endsAt: Date };

/** The same run keeps its name when its end moves. */
function uidOf(id: string, startsAt: Date, publicUrl: string): string {
  return `${id}-${startsAt.getTime()}@${new URL(publicUrl).hostname}`;
}

/** A run of a booking, in its renter's calendar. */
export function rentedEvent(
  booking: Span & {
    readonly bookingId: string;
    readonly name: string;
    readonly kind: BookingKind;
    readonly machineName: string;
    readonly gpuModel: string;
    readonly gpuCount: number;
  },
  publicUrl: string,
): CalendarEvent {
  const { bookingId, startsAt, endsAt } = booking;
  return {
    uid: uidOf(bookingId, startsAt, publicUrl),
    startsAt,
    endsAt,
    summary: `${booking.name}: ${gpuLabel(booking.gpuCount, booking.gpuModel)}`,
    description: `Rented ${KINDS[booking.kind]} on ${booking.machineName}.`,
    url: `${publicUrl}/bookings/${bookingId}`,
  };
}

/** A run of a booking, in the calendar of its machine: without its renter, because calendars are shared. */
export function hostedEvent(
  booking: Span & { readonly bookingId: string; readonly kind: string; readonly gpuCount: number },
  publicUrl: string,
): CalendarEvent {
  const { bookingId, startsAt, endsAt, gpuCount, kind } = booking;
  return {
    uid: uidOf(bookingId, startsAt, publicUrl),
    startsAt,
    endsAt,
    summary: `Rented: ${gpuCount} ${gpuCount === 1 ? 'GPU' : 'GPUs'}`,
    description: `Rented ${KINDS[kind as BookingKind]}.`,
    url: `${publicUrl}/bookings/${bookingId}`,
  };
}

/** Time that a host took out of a calendar. */
export function blockEvent(
  block: Span & { readonly id: string; readonly kind: string; readonly note: string },
  machineId: string,
  publicUrl: string,
): CalendarEvent {
  const { id, startsAt, endsAt, kind, note } = block;
  return {
    uid: `${id}@${new URL(publicUrl).hostname}`,
    startsAt,
    endsAt,
    summary: kind === 'maintenance' ? 'Maintenance' : 'Not rented out',
    description: note,
    url: `${publicUrl}/host/machines/${machineId}/calendar`,
  };
}

/** Each event once, the earliest first; of one whose GPUs end at different times, the end of the last. */
export function feedEvents(events: readonly CalendarEvent[]): CalendarEvent[] {
  const byUid = new Map<string, CalendarEvent>();
  for (const event of events) {
    const known = byUid.get(event.uid);
    if (known === undefined || known.endsAt < event.endsAt) byUid.set(event.uid, event);
  }
  return [...byUid.values()]
    .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || (a.uid < b.uid ? -1 : 1))
    .slice(-MOST_FEED_EVENTS);
}
