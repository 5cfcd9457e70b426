import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { addSeconds, DAY, HOUR } from '#lib/base/time.ts';
import { reasonSentence } from '#lib/bookings/booking.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { extensionOf } from '#lib/bookings/queries/extension.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';
import { DOOR_BEAT } from '#lib/events/beat.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { addMoney, DOLLAR, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { GIB, NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
/** Three days ahead, so that giving it back is free for two of them. */
const STARTS = inHours(72);
const window = (change: object = {}) => ({ startsAt: STARTS, durationSeconds: 8 * 3_600, ...change });
// 8 h at $3.60, 1 GiB of disk for them and for the day that it is kept (rounded up).
const HELD = 28_800_000n + 1_111n + 3_334n;
const free = async () => (await walletOf(market.renter)).freeMicros;
const wait = (seconds: number) => {
  market.clock.pass(seconds);
  return market.beat();
};

describe('reserving a window', () => {
  it('holds its price, takes the GPU for the window alone, and gives the machine a lease that begins then', async () => {
    const hand = await market.book(window());
    const booking = await hand.booking();
    expect(booking).toMatchObject({
      kind: 'reserved',
      desired: 'running',
      startsAt: STARTS,
      endsAt: inHours(80),
      billable: 'nothing',
    });
    expect(booking.allocations.map(({ startsAt, endsAt }) => [startsAt, endsAt])).toEqual([[STARTS, inHours(80)]]);
    expect(await hand.permit()).toMatchObject({ startsAt: STARTS.toISOString(), endsAt: inHours(80).toISOString() });
    expect((await hand.lease()).heldMicros).toBe(HELD);
    expect(await free()).toBe(1_000n * DOLLAR - HELD);
    // Waiting costs nothing and sets nothing more aside.
    await wait(40 * 3_600);
    expect(await renewHolds(market.clock.world)).toBe(0);
    expect((await hand.lease()).heldMicros).toBe(HELD);
  });

  it('holds a day of a longer one, and not less than that', async () => {
    const long = await market.book(window({ durationSeconds: 3 * 86_400 }));
    expect((await long.lease()).heldMicros).toBe(24n * 3_600_000n + 3_333n + 3_334n);
    const poor = await renterWith(20, market.clock);
    expect(await refusal(market.bookAs(poor, window({ startsAt: inHours(200) })))).toMatchObject({
      reason: 'insufficientFunds',
      detail: { neededMicros: HELD.toString() },
    });
  });

  it('takes no cap that does not pay for its first day: time is not taken from others for an hour’s money', async () => {
    const long = { durationSeconds: 3 * 86_400 };
    const day = 24n * 3_600_000n + 3_333n + 3_334n;
    const capped = (capMicros: bigint) => market.bookAs(market.renter, window({ ...long, capMicros }));
    const small = await refusal(capped(day - 1n));
    expect(small).toMatchObject({ reason: 'badInput', detail: { capMicros: expect.stringContaining('24 hours') } });
    await capped(day);
  });

  it('is made longer before it begins only by whoever has the money that a window of that length is held for', async () => {
    const poor = await renterWith(30, market.clock);
    const { bookingId } = await market.bookAs(poor, window());
    const longer = (hours: number) => extendBooking(poor, { bookingId, endsAt: inHours(hours) }, market.clock.world);
    expect(await extensionOf(poor, bookingId, market.clock.now())).toMatchObject({ reserved: true, ahead: true });
    expect((await refusal(longer(200))).reason).toBe('insufficientFunds');
    expect(await db.booking.findUnique({ where: { id: bookingId } })).toMatchObject({ endsAt: inHours(80) });
    expect(await db.lease.findUnique({ where: { bookingId } })).toMatchObject({ heldMicros: HELD });
    await market.bookAs(market.renter, window({ startsAt: inHours(80), gpuCount: 2 }));
    expect((await refusal(longer(80.25))).reason).toBe('gpuTaken');
  });

  it('is made longer after it began only by whoever has the money that what is left of it is held for', async () => {
    const poor = await renterWith(8, market.clock);
    const { bookingId } = await market.bookAs(poor, window({ durationSeconds: 2 * 3_600 }));
    await wait(72 * 3_600);
    const longer = (hours: number) => extendBooking(poor, { bookingId, endsAt: inHours(hours) }, market.clock.world);
    expect(await refusal(longer(72 + 29 * 24))).toMatchObject({ reason: 'insufficientFunds' });
    expect((await refusal(longer(75))).reason).toBe('insufficientFunds');
    expect(await db.allocation.findFirst({ where: { bookingId } })).toMatchObject({ endsAt: inHours(74) });
    await addMoney(poor, 5, market.clock);
    await longer(75);
    expect(await db.lease.findUnique({ where: { bookingId } })).toMatchObject({
      heldMicros: 10_800_000n + 416n + 3_334n,
    });
    await addMoney(poor, 80, market.clock);
    await longer(72 + 29 * 24);
    expect(await db.lease.findUnique({ where: { bookingId } })).toMatchObject({
      heldMicros: 86_400_000n + 3_333n + 3_334n,
    });
  });

  it('stays booked when its host is suspended, and is not made longer then', async () => {
    const hand = await market.book(window());
    const suspendedAt = market.clock.now();
    await db.user.update({ where: { id: market.host.userId }, data: { suspendedAt } });
    const longer = extendBooking(market.renter, { bookingId: hand.id, endsAt: inHours(84) }, market.clock.world);
    expect((await refusal(longer)).reason).toBe('listingGone');
    await wait(72 * 3_600);
    await hand.connect();
    await hand.run(3_600);
    expect((await hand.lease()).chargedMicros).toBeGreaterThanOrEqual(3_600_000n);
  });

  it('shows before it is booked what is held, until when giving it back is free, and what it costs then', async () => {
    const quote = await previewQuote(
      market.renter,
      { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), capMicros: null, ...window() },
      NOW,
    );
    expect(quote).toMatchObject({
      endsAt: inHours(80),
      hold: { leastMicros: HELD, nowMicros: HELD },
      reserved: { startsAt: STARTS, cancelFreeUntil: inHours(48), cancelMicros: 7_200_000n },
    });
    expect(quote.reserved?.sentence).toContain('1 day');
  });

  it('refuses a second by a millisecond, and lets it follow at once', async () => {
    await market.book(window({ gpuCount: 2 }));
    const other = await renterWith(1_000, market.clock);
    const late = { ...window(), startsAt: new Date(inHours(80).getTime() - 1) };
    expect((await refusal(market.bookAs(other, late))).reason).toBe('gpuTaken');
    expect(
      (await refusal(market.bookAs(other, window({ startsAt: inHours(64), durationSeconds: 8 * 3_600 + 1 })))).reason,
    ).toBe('gpuTaken');
    await market.bookAs(other, window({ startsAt: inHours(80) }));
    await market.bookAs(other, window({ startsAt: inHours(64) }));
  });

  it('refuses windows that end before they begin, without a length, in the past, or of days that are none', async () => {
    const why = async (change: object) => refusal(market.bookAs(market.renter, window(change)));
    expect((await why({ durationSeconds: null })).detail).toHaveProperty('durationSeconds');
    expect((await why({ durationSeconds: -3_600 })).detail).toHaveProperty('durationSeconds');
    expect((await why({ startsAt: inHours(-1) })).sentence).toBe('The window begins in the past.');
    expect((await why({ startsAt: inHours(24 * 120) })).sentence).toContain('90 days');
    expect((await why({ durationSeconds: 31 * 86_400 })).reason).toBe('badInput');
  });

  it('asks the host’s hours on their wall clock, over a change of clocks as well', async () => {
    // Nights of New York; on 14 March 2027 clocks go forward at 02:00, so that night lasts eight hours.
    const hours = [{ days: [...WEEKDAYS], fromMinute: 22 * 60, toMinute: 7 * 60 }];
    market.clock.pass(80 * 86_400);
    await saveCalendar(
      market.host,
      { ...ALWAYS, machineId: market.machineId, zone: 'America/New_York', hours },
      market.clock.world,
    );
    const startsAt = new Date('2027-03-14T03:00:00Z');
    const nine = await refusal(market.bookAs(market.renter, { startsAt, durationSeconds: 9 * 3_600 }));
    expect(nine).toMatchObject({ reason: 'hostClosed' });
    expect(nine.sentence).toContain('07:00 (America/New_York)');
    await market.bookAs(market.renter, { startsAt, durationSeconds: 8 * 3_600 });
    // The night before is nine hours long.
    await market.bookAs(market.renter, { startsAt: new Date('2027-03-13T03:00:00Z'), durationSeconds: 9 * 3_600 });
  });

  it('needs no machine that answers now, but a calendar that lets it', async () => {
    const { host, machineId, clock } = market;
    await saveCalendar(host, { ...ALWAYS, machineId, leadSeconds: 4 * 86_400, mostSeconds: 7_200 }, clock.world);
    expect((await refusal(market.bookAs(market.renter, window()))).sentence).toContain('4 days');
    expect((await refusal(market.bookAs(market.renter, window({ startsAt: inHours(97) })))).sentence).toContain(
      'at most 2 hours',
    );
    await market.bookAs(market.renter, window({ startsAt: inHours(97), durationSeconds: 7_200 }));
  });

  it('ends what is rented on demand before it, and what is shown before that says so', async () => {
    await market.book(window({ gpuCount: 2 }));
    const other = await renterWith(1_000, market.clock);
    const quote = await previewQuote(
      other,
      { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), capMicros: null, durationSeconds: null },
      market.clock.now(),
    );
    expect([quote.endsAt, quote.freeUntil]).toEqual([STARTS, STARTS]);
    const { bookingId } = await market.bookAs(other);
    const booking = await db.booking.findUniqueOrThrow({ where: { id: bookingId } });
    expect(booking.endsAt).toEqual(STARTS);
    expect(await refusal(extendBooking(other, { bookingId, endsAt: inHours(73) }, market.clock.world))).toMatchObject({
      reason: 'gpuTaken',
    });
  });
});

describe('a reserved window that comes', () => {
  it('is billed like any other: from connectable, by statements, until its end', async () => {
    const hand = await market.book(window());
    await hand.say('accepted');
    await wait(72 * 3_600 - 60);
    await hand.say('accepted');
    // The agent may not run it yet; were it to state something, nothing of it would be billed.
    await hand.state({ seconds: 60 });
    expect((await hand.lease()).chargedMicros).toBe(0n);
    await wait(120);
    await hand.connect();
    await hand.run(3_600);
    const cost = (await hand.lease()).chargedMicros;
    expect(cost).toBeGreaterThanOrEqual(3_600_000n);
    expect(cost).toBeLessThan(3_601_000n);
    await wait(7 * 3_600);
    await endExpiredLeases(market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'stopped', reason: 'windowEnded' });
    expect((await hand.lease()).cancellationMicros).toBe(0n);
  });

  it('costs nothing when its machine never became usable', async () => {
    const hand = await market.book(window());
    await wait(80 * 3_600 + 1);
    await endExpiredLeases(market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady' });
    expect(reasonSentence('neverReady')).not.toContain('disk');
    expect(await free()).toBe(1_000n * DOLLAR);
  });
});

describe('giving a reserved window back', () => {
  it('is free in time: all comes back, and others can have it at once', async () => {
    const hand = await market.book(window({ gpuCount: 2 }));
    await wait(48 * 3_600 - 1);
    const shown = await rentalOf(market.renter, hand.id, market.clock.now());
    expect(shown.actions).toContain('cancel');
    expect(shown.cancellation).toMatchObject({ freeUntil: inHours(48), dueMicros: 0n });
    await endBooking(market.renter, { bookingId: hand.id, seenCancellationMicros: 0n }, market.clock.world);
    expect(await hand.booking()).toMatchObject({
      desired: 'ended',
      reason: 'renterCancelled',
      endedAt: market.clock.now(),
    });
    expect(await free()).toBe(1_000n * DOLLAR);
    const other = await renterWith(1_000, market.clock);
    await market.bookAs(other, window({ gpuCount: 2 }));
    expect((await refusal(endBooking(market.renter, { bookingId: hand.id }, market.clock.world))).reason).toBe(
      'notNow',
    );
  });

  it('costs the stated share after that: host and platform have it, the rest comes back', async () => {
    const hand = await market.book(window());
    await wait(48 * 3_600);
    const { cancellation } = await rentalOf(market.renter, hand.id, market.clock.now());
    // A quarter of 8 h at $3.60.
    expect(cancellation?.dueMicros).toBe(7_200_000n);
    const seen = { bookingId: hand.id, seenCancellationMicros: 7_199_999n };
    expect(await refusal(endBooking(market.renter, seen, market.clock.world))).toMatchObject({
      reason: 'priceChanged',
    });
    await endBooking(market.renter, { ...seen, seenCancellationMicros: 7_200_000n }, market.clock.world);
    expect(await free()).toBe(1_000n * DOLLAR - 7_200_000n);
    expect((await earningsOf(market.host)).payableMicros).toBe(6_480_000n);
    expect(await hand.lease()).toMatchObject({
      heldMicros: 0n,
      cancellationMicros: 7_200_000n,
      cancellationFeeMicros: 720_000n,
    });
  });

  it('may be thought over for a quarter of an hour, however soon it begins', async () => {
    const hand = await market.book(window({ startsAt: inHours(2) }));
    await wait(15 * 60 - 1);
    await endBooking(market.renter, { bookingId: hand.id, seenCancellationMicros: 0n }, market.clock.world);
    expect(await free()).toBe(1_000n * DOLLAR);
    const second = await market.book(window({ startsAt: inHours(2) }));
    await wait(15 * 60);
    await endBooking(market.renter, { bookingId: second.id }, market.clock.world);
    expect(await free()).toBe(1_000n * DOLLAR - 7_200_000n);
  });

  it('within it costs the share less what was used, ended or stopped; and nothing once more than that was used', async () => {
    for (const [used, give] of [
      [3_600, endBooking],
      [3_600, stopBooking],
    ] as const) {
      const before = await free();
      const hand = await market.book(window({ startsAt: addSeconds(market.clock.now(), 86_400) }));
      await wait(86_400);
      await hand.connect();
      await hand.run(used);
      const charged = (await hand.lease()).chargedMicros;
      await give(market.renter, { bookingId: hand.id }, market.clock.world);
      expect((await hand.lease()).cancellationMicros).toBe(7_200_000n - charged);
      if (give === stopBooking) {
        await hand.say('stopped');
        await market.beat();
        await startBooking(market.renter, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
        // Started again it is rented on demand: ending it costs nothing more.
        expect((await rentalOf(market.renter, hand.id, market.clock.now())).cancellation).toBeNull();
        await endBooking(market.renter, { bookingId: hand.id, seenCancellationMicros: 0n }, market.clock.world);
      }
      await hand.say('ended');
      await wait(121);
      await settleLeases(market.clock.world);
      expect(before - (await free())).toBe(7_200_000n);
    }
    const hand = await market.book(window({ startsAt: addSeconds(market.clock.now(), 86_400) }));
    await wait(86_400);
    await hand.connect();
    await hand.run(2 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id, seenCancellationMicros: 0n }, market.clock.world);
    expect((await hand.lease()).cancellationMicros).toBe(0n);
  });

  it('costs a renter nothing when the host breaks it off', async () => {
    const hand = await market.book(window());
    await wait(71 * 3_600);
    await endBookingByHost(market.host, { bookingId: hand.id, reason: 'The card broke.' }, market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'hostEnded' });
    const other = await renterWith(1_000, market.clock);
    await market.bookAs(other, window({ gpuCount: 2 }));
    expect(await free()).toBe(1_000n * DOLLAR);
  });

  it('costs nothing in the notice of a host who breaks it off while it is used, but for what was used', async () => {
    const hand = await market.book(window());
    await wait(72 * 3_600);
    await hand.connect();
    await hand.run(600);
    await endBookingByHost(market.host, { bookingId: hand.id, reason: 'The card broke.' }, market.clock.world);
    expect((await rentalOf(market.renter, hand.id, market.clock.now())).cancellation).toBeNull();
    await endBooking(market.renter, { bookingId: hand.id, seenCancellationMicros: 0n }, market.clock.world);
    expect(await hand.lease()).toMatchObject({ cancellationMicros: 0n });
  });

  it('costs nothing while its machine is not there, and says why; and what its terms say once it came back and could be used', async () => {
    const silent = async (seconds: number) => {
      market.clock.pass(seconds);
      await db.beat.upsert({
        where: { name: DOOR_BEAT },
        create: { name: DOOR_BEAT, at: market.clock.now(), backAt: null },
        update: { at: market.clock.now(), backAt: null },
      });
      await noteSilences(market.clock.world);
    };
    const costs = async (id: string) =>
      (await rentalOf(market.renter, id, market.clock.now())).cancellation?.dueMicros ?? expect.fail();
    market = await rentalMarket({ machine: { gpuCount: 3 } });
    const [early, late, kept] = [await market.book(window()), await market.book(window()), await market.book(window())];
    await wait(71 * 3_600);
    // Silent before it begins: it may be back by then, and giving it back costs what it costs.
    const last = market.clock.now();
    await silent(1_800);
    expect(await costs(early.id)).toBe(7_200_000n);
    await silent(1_800);
    expect(await costs(early.id)).toBe(0n);
    await endBooking(market.renter, { bookingId: early.id, seenCancellationMicros: 0n }, market.clock.world);
    expect(await early.lease()).toMatchObject({ cancellationMicros: 0n, heldMicros: 0n });
    const [event] = await db.event.findMany({ where: { bookingId: early.id, kind: 'booking.endAsked' } });
    expect(event?.data).toMatchObject({ machineSilentSince: last.toISOString() });
    await deliverNotices();
    const told = await db.notice.findMany({ where: { userId: market.host.userId }, select: { body: true } });
    expect(told.map(({ body }) => body)).toContain(
      'The machine was silent in its window, so nothing is paid for that.',
    );

    // It answers again, and is late: who could not use it yet still need not wait.
    market.clock.pass(600);
    await market.beat();
    await db.silence.updateMany({ where: { machineId: market.machineId }, data: { endsAt: market.clock.now() } });
    await endBooking(market.renter, { bookingId: late.id }, market.clock.world);
    expect((await late.lease()).cancellationMicros).toBe(0n);
    await kept.connect();
    await kept.run(600);
    await endBooking(market.renter, { bookingId: kept.id }, market.clock.world);
    expect((await kept.lease()).cancellationMicros).toBe(7_200_000n - (await kept.lease()).chargedMicros);
  });

  it('is what an image that is not there does', async () => {
    const hand = await market.book(window());
    await wait(72 * 3_600);
    await hand.say('failed', { failure: { code: 'imageNotFound', detail: 'no such image' } });
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'imageNotFound' });
    expect(await free()).toBe(1_000n * DOLLAR - 7_200_000n);
  });

  it('cannot be started again, nor stopped, before it begins; it can be moved to a later end', async () => {
    const hand = await market.book(window());
    const { world } = market.clock;
    expect((await refusal(stopBooking(market.renter, { bookingId: hand.id }, world))).sentence).toContain(
      'Give it back',
    );
    await extendBooking(market.renter, { bookingId: hand.id, endsAt: inHours(84) }, world);
    expect((await hand.booking()).allocations[0]?.endsAt).toEqual(inHours(84));
    expect((await hand.lease()).heldMicros).toBe(43_200_000n + 1_666n + 3_334n);
    const past = await refusal(
      extendBooking(market.renter, { bookingId: hand.id, endsAt: new Date(STARTS.getTime() + 31 * DAY) }, world),
    );
    expect(past.detail).toHaveProperty('endsAt');
  });
});
