import { hashOfSecret } from '#lib/auth/secret.ts';
import type { Actor } from '#lib/base/actor.ts';
import { icalendar } from '#lib/base/icalendar.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import {
  blockEvent,
  FEED_AHEAD_DAYS,
  FEED_MINUTES,
  FEED_PAST_DAYS,
  feedEvents,
  hostedEvent,
  rentedEvent,
} from '../calendar-feed.ts';
import { renterCalendar } from './renter-calendar.ts';

/** An address at which the viewer's calendar is read. The address itself is told once, when it is made. */
export type CalendarFeedRow = {
  readonly id: string;
  /** Null: what they rent themselves. */
  readonly machineId: string | null;
  readonly machineName: string | null;
  readonly createdAt: Date;
};

/** The viewer's feeds: their own first, then those of their machines by name. */
export async function calendarFeeds(actor: Actor): Promise<CalendarFeedRow[]> {
  const rows = await db.calendarFeed.findMany({
    where: { userId: actor.userId },
    select: { id: true, machineId: true, createdAt: true, machine: { select: { name: true } } },
  });
  return rows
    .map(({ machine, ...row }) => ({ ...row, machineName: machine?.name ?? null }))
    .sort((a, b) => (a.machineName ?? '').localeCompare(b.machineName ?? '') || (a.id < b.id ? -1 : 1));
}

/** The calendar behind the secret of a feed, as iCalendar text. Refuses with `notFound` when there is none, or it was revoked. */
export async function feedText(token: string, now: Date): Promise<string> {
  const feed = await db.calendarFeed.findUnique({
    where: { tokenHash: hashOfSecret(token) },
    select: { userId: true, machineId: true },
  });
  if (feed === null) throw new Refusal('notFound', {}, 'There is no calendar at this address, or it was revoked.');
  const span = { from: addSeconds(now, -FEED_PAST_DAYS * 86_400), until: addSeconds(now, FEED_AHEAD_DAYS * 86_400) };
  const { publicUrl } = env();
  const said = { now, everyMinutes: FEED_MINUTES };
  if (feed.machineId === null) {
    const rows = await renterCalendar(feed, span);
    const events = feedEvents(rows.map((row) => rentedEvent(row, publicUrl)));
    return icalendar({ ...said, name: 'GPUs that I rent', events });
  }
  const found = await machineCalendar(feed, feed.machineId, span, now);
  const events = feedEvents([
    ...found.bookings.map((booking) => hostedEvent(booking, publicUrl)),
    ...found.blocks.map((block) => blockEvent(block, found.machineId, publicUrl)),
  ]);
  return icalendar({ ...said, name: found.machineName, events });
}
