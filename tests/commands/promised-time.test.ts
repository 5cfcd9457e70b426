import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { HOUR } from '#lib/base/time.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { freeWindows } from '#lib/bookings/queries/free-windows.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { history } from '#lib/catalogue/queries/history.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { DOOR_BEAT } from '#lib/events/beat.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
  await settleOffers(market.clock.world);
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const answers = async (hours: number) => {
  market.clock.pass(hours * 3_600);
  await market.beat();
  await settleOffers(market.clock.world);
};
const silent = async (hours: number) => {
  for (const seconds of [120, hours * 3_600 - 120]) {
    market.clock.pass(seconds);
    const beat = { at: market.clock.now(), backAt: null };
    await db.beat.upsert({ where: { name: DOOR_BEAT }, create: { name: DOOR_BEAT, ...beat }, update: beat });
    await noteSilences(market.clock.world);
    await settleOffers(market.clock.world);
    await endExpiredLeases(market.clock.world);
  }
};
const figure = async () => (await history(market.machineId, market.clock.now())).reliability;
const HOUR_MS = HOUR;

describe('time that a host has promised', () => {
  it.each([
    [
      'changes the hours',
      () =>
        saveCalendar(
          market.host,
          {
            ...ALWAYS,
            machineId: market.machineId,
            // Wednesdays at noon alone; the window lies on a Thursday.
            hours: [{ days: [3], fromMinute: 720, toMinute: 780 }],
          },
          market.clock.world,
        ),
    ],
    ['withdraws the listing', () => withdrawListing(market.host, { machineId: market.machineId }, market.clock.world)],
  ])('counts towards reliability, whatever the host does after it was booked: %s', async (_, change) => {
    await market.book({ startsAt: inHours(72), durationSeconds: 8 * 3_600 });
    await answers(48);
    const before = await figure();
    await change();
    await settleOffers(market.clock.world);
    await answers(24);
    const hours = async () => {
      const { offeredMs, ...rest } = await figure();
      const reachable = 'reachableMs' in rest ? rest.reachableMs : offeredMs;
      return (offeredMs - reachable) / HOUR_MS;
    };
    expect(await hours()).toBe(0);
    // The window has begun, and the machine is switched off for its eight hours, and for a day after it.
    await silent(8);
    await silent(24);
    expect(await hours()).toBeCloseTo(8, 1);
    expect((await figure()).offeredMs).toBeGreaterThan(before.offeredMs);
  });

  it('counts when a host withdraws the machine first and breaks the window off then', async () => {
    const hand = await market.book({ startsAt: inHours(72), durationSeconds: 8 * 3_600 });
    await answers(48);
    await withdrawListing(market.host, { machineId: market.machineId }, market.clock.world);
    const reason = 'I sold the machine.';
    await endBookingByHost(market.host, { bookingId: hand.id, reason }, market.clock.world);
    await answers(48);
    const { reliability } = await history(market.machineId, market.clock.now());
    // A day at most, of the two before it and itself.
    expect(reliability).toMatchObject({ state: 'measured', basisPoints: 6_666 });
  });

  it('is no longer offered when the window is over', async () => {
    await market.book({ startsAt: inHours(2), durationSeconds: 3_600 });
    await withdrawListing(market.host, { machineId: market.machineId }, market.clock.world);
    const open = () => db.offer.count({ where: { machineId: market.machineId, endsAt: null } });
    expect(await open()).toBe(0);
    await answers(2);
    expect(await open()).toBe(1);
    await answers(1);
    await endExpiredLeases(market.clock.world);
    await settleOffers(market.clock.world);
    expect(await open()).toBe(0);
  });
});

describe('the free windows of a listing', () => {
  it('name none that begins too far ahead to be reserved', async () => {
    await saveCalendar(
      market.host,
      {
        ...ALWAYS,
        machineId: market.machineId,
        hours: [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 420 }],
      },
      market.clock.world,
    );
    const { windows } = await freeWindows(
      market.listingId,
      { gpuCount: 1, from: inHours(88 * 24), until: inHours(96 * 24) },
      market.clock.now(),
    );
    expect(windows.length).toBeGreaterThan(0);
    for (const { startsAt } of windows) expect(startsAt <= inHours(90 * 24)).toBe(true);
  });
});
