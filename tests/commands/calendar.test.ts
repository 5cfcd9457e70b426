import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { HOUR } from '#lib/base/time.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { ALWAYS, type CalendarRules } from '#lib/catalogue/calendar.ts';
import { machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { removeBlock } from '#lib/catalogue/remove-block.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';
import { OPEN_AHEAD_SECONDS } from '#lib/catalogue/write-open.ts';
import { writeOpenTimes } from '#lib/catalogue/write-open-times.ts';
import { db } from '#lib/io/db.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { GIB, NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
// Monday noon UTC, 13:00 in Berlin.
const NIGHTS: Partial<CalendarRules> = {
  zone: 'Europe/Berlin',
  hours: [
    { days: [1, 2, 3, 4, 5], fromMinute: 22 * 60, toMinute: 7 * 60 },
    { days: [6, 7], fromMinute: 0, toMinute: 1_440 },
  ],
};
const save = (change: Partial<CalendarRules>, actor: Actor = market.host) =>
  saveCalendar(actor, { ...ALWAYS, machineId: market.machineId, ...change }, market.clock.world);
const block = (from: number, to: number, change: object = {}) =>
  setBlock(
    market.host,
    { machineId: market.machineId, kind: 'block', startsAt: inHours(from), endsAt: inHours(to), note: '', ...change },
    market.clock.world,
  );
const found = async (change: object = {}) => {
  const { rows } = await searchListings(null, { ...EVERYTHING, ...change }, market.clock.now());
  return rows.find((row) => row.listingId === market.listingId);
};
const moveTo = (hours: number) => {
  market.clock.pass(hours * 3_600 - (market.clock.now().getTime() - NOW.getTime()) / 1_000);
  return market.beat();
};

describe('the calendar of a machine', () => {
  it('rents on demand in its hours only, until they end, and says so before', async () => {
    await save(NIGHTS);
    const early = await refusal(market.book());
    expect(early).toMatchObject({ reason: 'hostClosed' });
    expect(early.sentence).toContain('2026-11-23 21:00 UTC');
    await moveTo(9);
    const ask = { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), capMicros: null };
    const quote = await previewQuote(market.renter, { ...ask, durationSeconds: null }, market.clock.now());
    expect([quote.endsAt, quote.freeUntil]).toEqual([inHours(18), inHours(18)]);
    const long = await refusal(
      previewQuote(market.renter, { ...ask, durationSeconds: 9 * 3_600 + 1 }, market.clock.now()),
    );
    expect(long.detail).toHaveProperty('durationSeconds');
    const hand = await market.book();
    expect(await hand.booking()).toMatchObject({ endsAt: inHours(18) });
    expect((await hand.permit()).endsAt).toBe(inHours(18).toISOString());
    const beyond = await refusal(
      extendBooking(market.renter, { bookingId: hand.id, endsAt: inHours(19) }, market.clock.world),
    );
    expect(beyond.detail.endsAt).toContain('Tue 24 Nov, 22:00 (Europe/Berlin)');
  });

  it('lets a rental be extended within its hours and its longest rental, not beyond', async () => {
    await save({ mostSeconds: 4 * 3_600 });
    const hand = await market.book({ durationSeconds: 3_600 });
    const extend = (hours: number) =>
      extendBooking(market.renter, { bookingId: hand.id, endsAt: inHours(hours) }, market.clock.world);
    await extend(4);
    expect((await refusal(extend(4.5))).detail.endsAt).toContain('at most 4 hours');
    expect((await refusal(market.book({ durationSeconds: 5 * 3_600 }))).sentence).toContain('at most 4 hours');
    // Without a length it is taken for as long as may be.
    expect(await (await market.book()).booking()).toMatchObject({ endsAt: inHours(4) });
  });

  it('is found by a search only while it is open, with when it opens', async () => {
    expect(await found()).toMatchObject({ freeGpus: 2 });
    await save(NIGHTS);
    expect(await found()).toBeUndefined();
    expect(await found({ taken: true })).toMatchObject({ freeGpus: 0, nextFreeAt: inHours(9) });
    await moveTo(9);
    expect(await found()).toMatchObject({ freeGpus: 2 });
    await moveTo(18);
    expect(await found()).toBeUndefined();
  });

  it('is found weeks later too, because a sweep writes its hours on', async () => {
    await save(NIGHTS);
    await moveTo(24 * 40);
    expect(await writeOpenTimes(market.clock.world)).toBeGreaterThan(0);
    expect(await writeOpenTimes(market.clock.world)).toBe(0);
    await moveTo(OPEN_AHEAD_SECONDS / 3_600 + 24 * 7 + 9);
    expect(await found()).toMatchObject({ freeGpus: 2 });
  });

  it('counts only its open hours as offered, so that a machine may be off outside them', async () => {
    await settleOffers(market.clock.world);
    await save(NIGHTS);
    const offers = () => db.offer.findMany({ where: { machineId: market.machineId }, orderBy: { startsAt: 'asc' } });
    expect(await offers()).toMatchObject([{ startsAt: NOW, endsAt: NOW }]);
    await moveTo(9);
    await settleOffers(market.clock.world);
    await moveTo(18);
    await settleOffers(market.clock.world);
    expect((await offers()).at(-1)).toMatchObject({ startsAt: inHours(9), endsAt: inHours(18) });
  });

  it('keeps what is booked already as it was when its rules change', async () => {
    const hand = await market.book();
    const { endsAt } = await hand.booking();
    await save(NIGHTS);
    expect(await hand.booking()).toMatchObject({ desired: 'running', endsAt });
  });

  it('is its host’s to set, and only with rules that make sense', async () => {
    expect(await refusal(save({}, await person()))).toMatchObject({ reason: 'notFound' });
    const problems = async (change: Partial<CalendarRules>) => (await refusal(save(change))).detail;
    expect(await problems({ zone: 'Mars/Olympus' })).toHaveProperty('zone');
    expect(await problems({ leastSeconds: 60 })).toHaveProperty('leastSeconds');
    expect(await problems({ leastSeconds: 7_200, mostSeconds: 3_600 })).toHaveProperty('mostSeconds');
    expect(await problems({ hours: [{ days: [], fromMinute: 0, toMinute: 60 }] })).toHaveProperty('hours');
    expect(await problems({ hours: [{ days: [1], fromMinute: 60, toMinute: 60 }] })).toHaveProperty('hours');
    // Two hours a day cannot hold a rental of three.
    const short = { hours: [{ days: [...WEEKDAYS], fromMinute: 0, toMinute: 120 }], leastSeconds: 3 * 3_600 };
    expect((await problems(short)).hours).toContain('nothing could be rented');
  });
});

describe('a block', () => {
  it('ends what is rented on demand from then on, and is no time to rent in', async () => {
    const { blockId } = await block(4, 8);
    const hand = await market.book();
    expect(await hand.booking()).toMatchObject({ endsAt: inHours(4) });
    await moveTo(5);
    expect(await refusal(market.book())).toMatchObject({
      reason: 'hostClosed',
      detail: { freeAt: inHours(8).toISOString() },
    });
    expect(await found()).toBeUndefined();
    await removeBlock(market.host, { machineId: market.machineId, blockId }, market.clock.world);
    expect(await found()).toMatchObject({ freeGpus: 2 });
    expect(
      (await refusal(removeBlock(market.host, { machineId: market.machineId, blockId }, market.clock.world))).reason,
    ).toBe('notFound');
  });

  it('does not cut what is booked: the refusal says what stands in its way', async () => {
    const onDemand = await market.book({ name: 'training', durationSeconds: 6 * 3_600 });
    const reserved = await market.book({ startsAt: inHours(30), durationSeconds: 3_600 });
    const refused = await refusal(block(4, 40));
    expect(refused).toMatchObject({ reason: 'windowBooked', status: 409 });
    expect(refused.detail.bookings).toEqual([onDemand.id, reserved.id].sort());
    expect(refused.sentence).toContain('“training” has 1 GPU');
    // To the millisecond.
    expect((await refusal(block(6 - 1 / HOUR, 20))).reason).toBe('windowBooked');
    await block(6, 30);
    expect(await onDemand.booking()).toMatchObject({ endsAt: inHours(6) });
  });

  it('as maintenance ends what is rented on demand, announced as long before as its terms say, and never what is reserved', async () => {
    await save({ maintenanceNoticeSeconds: 12 * 3_600 });
    const hand = await market.book();
    const before = (await hand.booking()).endsAt;
    expect((await refusal(block(11, 14, { kind: 'maintenance' }))).sentence).toContain('12 hours of notice');
    expect((await refusal(block(12, 14))).sentence).toContain('It is rented until then.');
    expect((await hand.booking()).endsAt).toEqual(before);
    expect(await block(12, 14, { kind: 'maintenance', note: 'A new power supply' })).toMatchObject({ shortened: 1 });
    expect(await hand.booking()).toMatchObject({ endsAt: inHours(12), desired: 'running' });
    expect((await hand.permit()).endsAt).toBe(inHours(12).toISOString());
    const told = await db.event.findFirst({ where: { bookingId: hand.id, kind: 'booking.shortened' } });
    expect(told).toMatchObject({ userId: market.renter.userId, reason: 'A new power supply' });
    await market.book({ startsAt: inHours(100), durationSeconds: 3_600 });
    expect((await refusal(block(99, 101, { kind: 'maintenance' }))).sentence).toContain('reserved time is kept');
  });

  it('cannot be set twice, backwards, in the past or by a stranger', async () => {
    await block(4, 8);
    expect((await refusal(block(7, 9))).detail.startsAt).toContain('block in this time already');
    expect((await refusal(block(9, 9))).detail).toHaveProperty('endsAt');
    expect((await refusal(block(-4, -2))).detail).toHaveProperty('endsAt');
    const input = {
      machineId: market.machineId,
      kind: 'block' as const,
      startsAt: inHours(20),
      endsAt: inHours(21),
      note: '',
    };
    expect((await refusal(setBlock(await person(), input, market.clock.world))).reason).toBe('notFound');
  });

  it('is seen by its host with what is booked around it, and by nobody else', async () => {
    await save(NIGHTS);
    await block(33, 36, { note: 'Mine' });
    const reserved = await market.book({ startsAt: inHours(10), durationSeconds: 3_600, gpuCount: 2 });
    const span = { from: NOW, until: inHours(48) };
    const seen = await machineCalendar(market.host, market.machineId, span, NOW);
    expect(seen).toMatchObject({ isOpen: false, nextOpening: inHours(9), blocks: [{ note: 'Mine' }] });
    expect(seen.bookings).toMatchObject([
      { bookingId: reserved.id, gpuCount: 2, kind: 'reserved', startsAt: inHours(10) },
    ]);
    expect(seen.open).toEqual([
      { startsAt: inHours(9), endsAt: inHours(18) },
      { startsAt: inHours(36), endsAt: inHours(42) },
    ]);
    expect((await refusal(machineCalendar(market.renter, market.machineId, span, NOW))).reason).toBe('notFound');
  });
});

describe('the database', () => {
  const insert = `INSERT INTO calendar_blocks (id, machine_id, kind, starts_at, ends_at, note, created_at) VALUES ($1, $2, $3, $4, $5, '', now())`;

  it('keeps blocks of a machine apart, to the microsecond, and forward in time', async () => {
    await sql(insert, ['cbk_1', market.machineId, 'block', '2027-01-01T10:00:00Z', '2027-01-01T12:00:00Z']);
    const again = (from: string, to: string, kind = 'block') =>
      sql(insert, ['cbk_2', market.machineId, kind, from, to]);
    await expect(again('2027-01-01T11:59:59.999Z', '2027-01-01T13:00:00Z')).rejects.toThrow(
      /calendar_blocks_no_overlap/,
    );
    await expect(again('2027-01-01T13:00:00Z', '2027-01-01T13:00:00Z')).rejects.toThrow(/calendar_blocks_forward/);
    await expect(again('2027-01-01T13:00:00Z', '2027-01-01T14:00:00Z', 'holiday')).rejects.toThrow(
      /calendar_blocks_kind/,
    );
    await again('2027-01-01T12:00:00Z', '2027-01-01T13:00:00Z');
  });

  it('keeps rules within their bounds, and a window with its length', async () => {
    await save({});
    const set = (text: string) => sql(`UPDATE calendars SET ${text} WHERE machine_id = $1`, [market.machineId]);
    await expect(set('least_seconds = 1')).rejects.toThrow(/calendars_lengths/);
    await expect(set('most_seconds = 299')).rejects.toThrow(/calendars_lengths/);
    await expect(set(`cancellation = 'never'`)).rejects.toThrow(/calendars_cancellation/);
    await expect(set(`hours = '{}'`)).rejects.toThrow(/calendars_hours/);
    const hand = await market.book({ startsAt: inHours(30), durationSeconds: 3_600 });
    await expect(sql('UPDATE quotes SET duration_seconds = NULL WHERE starts_at IS NOT NULL')).rejects.toThrow(
      /quotes_window/,
    );
    await expect(sql('UPDATE leases SET cancellation_fee_micros = 1 WHERE booking_id = $1', [hand.id])).rejects.toThrow(
      /leases_cancellation/,
    );
  });
});
