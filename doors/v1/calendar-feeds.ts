import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { FEED_MINUTES } from '#lib/bookings/calendar-feed.ts';
import { makeCalendarFeed } from '#lib/bookings/make-calendar-feed.ts';
import { calendarFeeds, feedText } from '#lib/bookings/queries/calendar-feeds.ts';
import { revokeCalendarFeed } from '#lib/bookings/revoke-calendar-feed.ts';
import { makeFeedInput } from '#lib/bookings/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const tags = ['Calendars'];

const feed = z
  .object({
    id: z.string(),
    machineId: z.string().nullable().meta({ description: 'Null: of what you rent yourself' }),
    machineName: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'CalendarFeed', description: 'An address at which a calendar app reads a calendar of yours' });

export const calendarFeedDoor = newDoor();

calendarFeedDoor.openapi(
  createRoute({
    method: 'get',
    path: '/calendar-feeds',
    tags,
    summary: 'The addresses at which calendar apps read your calendars',
    security: bearer,
    responses: answers(z.object({ rows: z.array(feed) }), 'All of them: one of each calendar at most'),
  }),
  async (c) => c.json({ rows: toWire(await calendarFeeds(signedInActor(c))) }, 200),
);

calendarFeedDoor.openapi(
  createRoute({
    method: 'post',
    path: '/calendar-feeds',
    tags,
    summary: 'Make an address at which a calendar app reads what you rent, or what is booked on a machine of yours',
    description:
      'Told once. Whoever has it reads that calendar, and nothing else, without signing in: keep it to yourself. A new one takes the place of the one before.',
    security: bearer,
    request: takes(makeFeedInput),
    responses: answers(z.object({ id: z.string(), url: z.string(), createdAt: instant }), 'The address', 201),
  }),
  async (c) => c.json(toWire(await makeCalendarFeed(signedInActor(c), c.req.valid('json'))), 201),
);

calendarFeedDoor.openapi(
  createRoute({
    method: 'delete',
    path: '/calendar-feeds/{id}',
    tags,
    summary: 'Take an address back: nothing is there any more',
    security: bearer,
    request: { params: idParam },
    responses: answers(z.object({ rows: z.array(feed) }), 'Those that are left'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await revokeCalendarFeed(actor, { feedId: c.req.valid('param').id });
    return c.json({ rows: toWire(await calendarFeeds(actor)) }, 200);
  },
);

calendarFeedDoor.openapi(
  createRoute({
    method: 'get',
    path: '/calendar-feeds/{token}/calendar.ics',
    tags,
    summary: 'A calendar as iCalendar (RFC 5545), by the secret in its address',
    request: {
      params: z.object({ token: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'This is no address of a calendar.') }),
    },
    responses: {
      200: { description: 'The calendar, in UTC', content: { 'text/calendar': { schema: z.string() } } },
    },
  }),
  async (c) => {
    const text = await feedText(c.req.valid('param').token, theWorld.now());
    c.header('content-type', 'text/calendar; charset=utf-8');
    c.header('content-disposition', 'inline; filename="calendar.ics"');
    c.header('cache-control', `private, max-age=${(FEED_MINUTES * 60) / 6}`);
    return c.body(text, 200);
  },
);
