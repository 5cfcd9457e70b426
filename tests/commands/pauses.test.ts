import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { machineOf } from '#lib/catalogue/queries/machines.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { removeBlock } from '#lib/catalogue/remove-block.ts';
import { resumeListing } from '#lib/catalogue/resume-listing.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const pause = (hours: number, actor: Actor = market.host) =>
  pauseListing(actor, { machineId: market.machineId, until: inHours(hours) }, market.clock.world);
const resume = (actor: Actor = market.host) =>
  resumeListing(actor, { machineId: market.machineId }, market.clock.world);
const found = async () => {
  const { rows } = await searchListings(null, EVERYTHING, market.clock.now());
  return rows.some((row) => row.listingId === market.listingId);
};
const moveTo = (hours: number) => {
  market.clock.pass(hours * 3_600 - (market.clock.now().getTime() - NOW.getTime()) / 1_000);
  return market.beat();
};
const offered = async () => (await db.offer.count({ where: { machineId: market.machineId, endsAt: null } })) === 1;

describe('a pause until a time', () => {
  it('offers nothing new until then, touches nothing that is rented, and ends by itself', async () => {
    const rental = await market.book({ durationSeconds: 4 * 3_600 });
    await pause(21);
    expect((await rental.booking()).endsAt).toEqual(inHours(4));
    expect(await found()).toBe(false);
    // What is rented is promised, and counts towards reliability until it is over.
    expect(await offered()).toBe(true);
    const why = await refusal(market.book());
    expect(why).toMatchObject({ reason: 'hostClosed' });
    expect(why.sentence).toBe('The host has paused this machine. It can be rented again from 2026-11-24 09:00 UTC.');
    const page = await listingPage(null, market.listingId, market.clock.now());
    expect(page.whyNotBookable?.sentence).toBe(why.sentence);
    const within = { startsAt: inHours(10), durationSeconds: 3_600 };
    expect((await refusal(market.book(within))).sentence).toContain('paused this machine from');
    const extended = extendBooking(market.renter, { bookingId: rental.id, endsAt: inHours(6) }, market.clock.world);
    expect((await refusal(extended)).detail).toMatchObject({
      endsAt: expect.stringContaining('paused this machine from'),
    });
    expect((await machineOf(market.host, market.machineId, market.clock.now())).pausedUntil).toEqual(inHours(21));
    // A window that begins when the pause is over can be reserved.
    await market.bookAs(market.renter, { startsAt: inHours(21), durationSeconds: 3_600 });
    await moveTo(20.9);
    await settleOffers(market.clock.world);
    expect(await offered()).toBe(false);
    expect(await found()).toBe(false);
    await moveTo(23);
    expect(await found()).toBe(true);
    await settleOffers(market.clock.world);
    expect(await offered()).toBe(true);
    expect((await machineOf(market.host, market.machineId, market.clock.now())).pausedUntil).toBeNull();
    await market.book();
  });

  it('lies over blocks and maintenance, whose own rules it leaves alone', async () => {
    const block = {
      machineId: market.machineId,
      kind: 'maintenance' as const,
      startsAt: inHours(80),
      endsAt: inHours(90),
      note: '',
    };
    await setBlock(market.host, block, market.clock.world);
    await pause(85);
    await setBlock(
      market.host,
      { ...block, kind: 'block', startsAt: inHours(2), endsAt: inHours(3) },
      market.clock.world,
    );
    const span = { from: NOW, until: inHours(100) };
    const { blocks, open } = await machineCalendar(market.host, market.machineId, span, market.clock.now());
    expect(blocks.map(({ kind }) => kind)).toEqual(['pause', 'block', 'maintenance']);
    expect(open).toEqual([{ startsAt: inHours(90), endsAt: inHours(100) }]);
  });

  it('gets another end while it goes on, and is ended early', async () => {
    await pause(21);
    await pause(2);
    await pause(5);
    expect(await db.calendarBlock.count({ where: { machineId: market.machineId } })).toBe(1);
    await moveTo(3);
    expect(await found()).toBe(false);
    await resume();
    expect(await found()).toBe(true);
    expect((await refusal(resume())).reason).toBe('notNow');
    await pause(10);
    const { blocks } = await machineCalendar(
      market.host,
      market.machineId,
      { from: inHours(3), until: inHours(4) },
      market.clock.now(),
    );
    const [going] = blocks.filter(({ endsAt }) => endsAt > market.clock.now());
    await removeBlock(market.host, { machineId: market.machineId, blockId: going?.id ?? '' }, market.clock.world);
    expect(await found()).toBe(true);
  });

  it('is the host’s own, of a published machine, and of a time that can be', async () => {
    expect((await refusal(pause(1, market.renter))).reason).toBe('notFound');
    expect((await refusal(pause(1, await person({ role: 'admin' })))).reason).toBe('notFound');
    expect((await refusal(resume(market.renter))).reason).toBe('notFound');
    for (const hours of [-1, 0, (91 * DAY) / HOUR])
      expect((await refusal(pause(hours))).detail).toHaveProperty('until');
    await withdrawListing(market.host, { machineId: market.machineId }, market.clock.world);
    expect((await refusal(pause(1))).sentence).toBe('This machine is not published.');
  });

  it('is one at a time, which the table holds too', async () => {
    await pause(21);
    const insert = `INSERT INTO calendar_blocks (id, machine_id, kind, starts_at, ends_at, note, created_at)
      VALUES ('cbk_second', $1, 'pause', $2, $3, '', now())`;
    await expect(sql(insert, [market.machineId, inHours(1), inHours(2)])).rejects.toThrow('calendar_blocks_one_pause');
  });
});
