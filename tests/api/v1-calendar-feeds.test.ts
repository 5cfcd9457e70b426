import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { HOUR, theWorld } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { makeCalendarFeed } from '#lib/bookings/make-calendar-feed.ts';
import { feedText } from '#lib/bookings/queries/calendar-feeds.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { eventText, eventTime, readIcalendar } from '#tests/support/icalendar.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const reserve = () =>
  market.book({ startsAt: inHours(72), durationSeconds: 8 * 3_600, gpuCount: 2, name: 'Tree; a, b' });
/** The secret in an address. */
const secretOf = (url: string) => /calendar-feeds\/([^/]+)\/calendar\.ics$/.exec(url)?.[1] ?? expect.fail(url);
const feedOf = async (who: Actor, machineId: string | null = null) =>
  secretOf((await makeCalendarFeed(who, { machineId }, market.clock.world)).url);
const read = async (secret: string) => readIcalendar(await feedText(secret, market.clock.now())).components;

async function ask(who: Actor | null, method: string, path: string, body?: object) {
  const token = who === null ? null : (await createApiToken(who, { label: 'test', days: 1 })).token;
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return v1.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, bindings);
}

describe('a renter’s calendar as iCalendar', () => {
  it('has each booking and window in UTC, under a name that stays when its end moves, and none that was given back', async () => {
    const secret = await feedOf(market.renter);
    expect((await read(secret)).map(({ name }) => name)).toEqual(['VTIMEZONE']);
    const hand = await reserve();
    const [event, ...more] = await read(secret);
    if (event === undefined) throw new Error('no event');
    expect(more).toEqual([]);
    expect(eventText(event, 'SUMMARY')).toBe('Tree; a, b: 2 × RTX 4090');
    expect([eventTime(event, 'DTSTART'), eventTime(event, 'DTEND')]).toEqual([inHours(72), inHours(80)]);
    await extendBooking(market.renter, { bookingId: hand.id, endsAt: inHours(84) }, market.clock.world);
    const [later] = await read(secret);
    expect(later && eventTime(later, 'DTEND')).toEqual(inHours(84));
    expect(later && eventText(later, 'UID')).toBe(eventText(event, 'UID'));
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    expect((await read(secret)).map(({ name }) => name)).toEqual(['VTIMEZONE']);
  });

  it('shows nobody else’s', async () => {
    await reserve();
    const other = await person();
    expect((await read(await feedOf(other))).map(({ name }) => name)).toEqual(['VTIMEZONE']);
  });
});

describe('the calendar of a machine as iCalendar', () => {
  it('has what is rented, without its renter’s name, and what its host took out', async () => {
    await reserve();
    const block = { kind: 'block' as const, startsAt: inHours(100), endsAt: inHours(110), note: 'New fan, at last' };
    await setBlock(market.host, { machineId: market.machineId, ...block }, market.clock.world);
    const events = await read(await feedOf(market.host, market.machineId));
    expect(events.map((event) => eventText(event, 'SUMMARY'))).toEqual(['Rented: 2 GPUs', 'Not rented out']);
    expect(events.map((event) => eventText(event, 'DESCRIPTION'))).toEqual(['Rented reserved.', 'New fan, at last']);
    expect(JSON.stringify(events)).not.toContain('Tree');
  });

  it('is made by its host alone', async () => {
    const make = makeCalendarFeed(market.renter, { machineId: market.machineId }, market.clock.world);
    expect((await refusal(make)).reason).toBe('notFound');
  });
});

describe('the address of a calendar', () => {
  it('is told once and kept as a hash; a new one takes its place, and one that is taken back opens nothing', async () => {
    const first = await feedOf(market.renter);
    expect(JSON.stringify(await sql('SELECT * FROM calendar_feeds'))).not.toContain(first);
    const second = await feedOf(market.renter);
    expect((await refusal(feedText(first, NOW))).reason).toBe('notFound');
    await read(second);
    const list = (await (await ask(market.renter, 'GET', '/calendar-feeds')).json()) as { rows: { id: string }[] };
    expect(list.rows).toMatchObject([{ machineId: null, machineName: null }]);
    const path = `/calendar-feeds/${list.rows[0]?.id}`;
    expect((await ask(market.host, 'DELETE', path)).status).toBe(404);
    expect((await ask(null, 'DELETE', path)).status).toBe(401);
    expect(await (await ask(market.renter, 'DELETE', path)).json()).toEqual({ rows: [] });
    expect((await ask(null, 'GET', `/calendar-feeds/${second}/calendar.ics`)).status).toBe(404);
  });

  it('is read without signing in, as text/calendar, and changes nothing else', async () => {
    const made = await ask(market.renter, 'POST', '/calendar-feeds', { machineId: null });
    const { url } = (await made.json()) as { url: string };
    expect(made.status).toBe(201);
    const answer = await ask(null, 'GET', `/calendar-feeds/${secretOf(url)}/calendar.ics`);
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, max-age=300');
    readIcalendar(await answer.text());
    expect((await ask(null, 'GET', '/calendar-feeds')).status).toBe(401);
    expect((await ask(null, 'GET', '/calendar-feeds/no-such-secret/calendar.ics')).status).toBe(404);
    expect((await ask(null, 'POST', '/calendar-feeds', { machineId: null })).status).toBe(401);
  });

  it('is one however many make it at once, and not for who is suspended', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => feedOf(market.renter)));
    const left = await Promise.all(
      made.map((secret) =>
        feedText(secret, theWorld.now()).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    expect(left.reduce<number>((sum, one) => sum + one, 0)).toBe(1);
    expect((await refusal(feedOf({ ...market.renter, suspended: true }))).reason).toBe('suspended');
  });
});
