import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { diskReserve, readTerms, runningCost } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { warnMoney } from '#lib/leases/warn-money.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { addMoney, DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const HOUR = 3_600;

/** $3.60 an hour, for two hours, usable ten seconds after it was booked. */
async function twoHours(dollars: number, wanted: Parameters<RentalMarket['book']>[0] = {}) {
  const market = await rentalMarket({ dollars });
  const hand = await market.book({ durationSeconds: 2 * HOUR, ...wanted });
  market.clock.pass(10);
  await hand.connect();
  return { market, hand };
}

async function costs(hand: RentalHand, seconds: number): Promise<bigint> {
  const terms = readTerms((await hand.booking()).terms);
  return runningCost(terms, seconds) + diskReserve(terms);
}

const moneyTold = async (hand: RentalHand) =>
  db.event.count({ where: { bookingId: hand.id, kind: { in: ['booking.moneyLow', 'booking.moneyRanOut'] } } });

async function sweep({ clock }: RentalMarket) {
  await renewHolds(clock.world);
  await warnMoney(clock.world);
}

describe('a rental for a chosen time', () => {
  it.each([
    ['without a cap', null],
    ['under a cap that allows more', 50n * DOLLAR],
  ])(
    '%s sets aside what it can cost until its end, is billed all of it, and never says that money runs out',
    async (_, capMicros) => {
      const { market, hand } = await twoHours(100, { capMicros });
      expect((await hand.lease()).heldMicros).toBe(await costs(hand, 2 * HOUR));
      for (let left = 2 * HOUR - 10; left > 0; left -= 1_798) {
        await hand.run(Math.min(1_798, left));
        await sweep(market);
      }
      const { gpuSeconds, chargedMicros } = await hand.lease();
      expect(gpuSeconds).toBe(BigInt(2 * HOUR - 10));
      expect(chargedMicros + (await walletOf(market.renter)).freeMicros).toBeLessThanOrEqual(100n * DOLLAR);
      expect(await moneyTold(hand)).toBe(0);
    },
  );

  it('can be booked with a cap larger than the wallet, when it cannot cost so much', async () => {
    const { hand } = await twoHours(10, { capMicros: 50n * DOLLAR });
    expect((await hand.lease()).heldMicros).toBe(await costs(hand, 2 * HOUR));
  });

  it('sets more aside at once when it is extended, as far as its cap goes', async () => {
    const { market, hand } = await twoHours(100, { capMicros: 12n * DOLLAR });
    await hand.run(HOUR);
    const endsAt = addSeconds((await hand.booking()).endsAt, HOUR);
    await extendBooking(market.renter, { bookingId: hand.id, endsAt }, market.clock.world);
    const { heldMicros, chargedMicros, ceilingMicros } = await hand.lease();
    expect(heldMicros).toBeGreaterThanOrEqual(await costs(hand, 2 * HOUR - 10));
    expect(heldMicros + chargedMicros).toBeLessThan(12n * DOLLAR);
    expect(ceilingMicros).toBeGreaterThanOrEqual(await costs(hand, 3 * HOUR - 10).then((cost) => cost - 3_335n));
    const later = addSeconds(endsAt, 10 * HOUR);
    await extendBooking(market.renter, { bookingId: hand.id, endsAt: later }, market.clock.world);
    const capped = await hand.lease();
    expect(capped.heldMicros + capped.chargedMicros).toBe(12n * DOLLAR);
  });

  it('that is extended with an empty wallet is told of that, and gets its money when there is some', async () => {
    const { market, hand } = await twoHours(7.21, { capMicros: 50n * DOLLAR });
    await hand.run(HOUR + 1_800);
    const endsAt = addSeconds((await hand.booking()).endsAt, 5 * HOUR);
    await extendBooking(market.renter, { bookingId: hand.id, endsAt }, market.clock.world);
    await sweep(market);
    expect(await moneyTold(hand)).toBe(1);
    const poor = await rentalOf(market.renter, hand.id, market.clock.now());
    expect(poor.cost).toMatchObject({ lastsToEnd: false });
    await addMoney(market.renter, 100, market.clock);
    await sweep(market);
    expect((await rentalOf(market.renter, hand.id, market.clock.now())).cost.lastsToEnd).toBe(true);
    await sweep(market);
    await hand.run(HOUR);
    await sweep(market);
    expect(await moneyTold(hand)).toBe(1);
  });

  it('whose money ends before its time is said to stop for money, not at its cap', async () => {
    const { market, hand } = await twoHours(7.21, { capMicros: 50n * DOLLAR });
    const endsAt = addSeconds((await hand.booking()).endsAt, 5 * HOUR);
    await extendBooking(market.renter, { bookingId: hand.id, endsAt }, market.clock.world);
    await hand.run(2 * HOUR + 30);
    await hand.say('stopped', { failure: { code: 'ceilingReached', detail: '' } });
    expect(await hand.booking()).toMatchObject({ reason: 'moneyRanOut' });
  });

  it('that is started again sets aside what the new time can cost, on what was charged before', async () => {
    const { market, hand } = await twoHours(100);
    await hand.run(HOUR);
    await stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await hand.say('stopped');
    market.clock.pass(30);
    await market.beat();
    await startBooking(market.renter, { bookingId: hand.id, durationSeconds: 3 * HOUR }, market.clock.world);
    const { heldMicros } = await hand.lease();
    expect(heldMicros).toBeGreaterThanOrEqual(await costs(hand, 3 * HOUR));
    expect(heldMicros).toBeLessThan(await costs(hand, 4 * HOUR));
  });
});
