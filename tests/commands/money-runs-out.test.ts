import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { warnMoney } from '#lib/leases/warn-money.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { addMoney, DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

/** A rental at $3.60 an hour that runs since now, of a renter with so much money. */
async function runningWith(dollars: number, wanted: Parameters<RentalMarket['book']>[0] = {}) {
  const market = await rentalMarket({ dollars });
  const hand = await market.book(wanted);
  await hand.connect();
  return { market, hand };
}

async function warnings(hand: RentalHand) {
  const events = await db.event.findMany({ where: { bookingId: hand.id }, orderBy: { id: 'asc' } });
  return events
    .filter((event) => event.kind === 'booking.moneyLow' || event.kind === 'booking.moneyRanOut')
    .map((event) => (event.data as { boundSeconds?: number }).boundSeconds ?? event.kind);
}

describe('money that runs low', () => {
  it('is told at 60, 15 and 5 minutes, once each, and then the rental stops and keeps its disk for a day', async () => {
    // $3.60 an hour: $6 lasts for a little less than 100 minutes.
    const { market, hand } = await runningWith(6);
    const sweep = async () => {
      await renewHolds(market.clock.world);
      await warnMoney(market.clock.world);
      await warnMoney(market.clock.world);
    };
    await sweep();
    expect(await warnings(hand)).toEqual([]);
    await hand.run(45 * 60);
    await sweep();
    expect(await warnings(hand)).toEqual([3_600]);
    await hand.run(41 * 60);
    await sweep();
    expect(await warnings(hand)).toEqual([3_600, 900]);
    await hand.run(9 * 60);
    await sweep();
    expect(await warnings(hand)).toEqual([3_600, 900, 300]);
    await hand.run(10 * 60);
    const { lease } = await hand.booking();
    expect(lease?.chargedMicros).toBeLessThanOrEqual(lease?.ceilingMicros ?? 0n);
    expect((lease?.ceilingMicros ?? 0n) - (lease?.chargedMicros ?? 0n)).toBeLessThan(1_001n);
    await hand.say('stopped', { failure: { code: 'ceilingReached', detail: 'the ceiling' } });
    const rental = await rentalOf(market.renter, hand.id, market.clock.now());
    expect(rental).toMatchObject({ desired: 'stopped', observed: 'stopped', reason: 'moneyRanOut', billable: 'disk' });
    expect(rental.diskUntil).toEqual(new Date(market.clock.now().getTime() + 86_400_000));
    expect(await warnings(hand)).toEqual([3_600, 900, 300, 'booking.moneyRanOut']);
    expect((await walletOf(market.renter)).heldMicros).toBeGreaterThanOrEqual(3_333n);
    for (let hour = 0; hour < 24; hour += 1) {
      market.clock.pass(3_600);
      await hand.state({ state: 'stopped' });
    }
    await expireKeptDisks(market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
    await hand.say('ended');
    const bill = await hand.lease();
    expect((await walletOf(market.renter)).freeMicros + bill.chargedMicros).toBe(6n * DOLLAR);
  });

  it('is topped up: the hold is renewed on a new revision, the warnings are taken back', async () => {
    const { market, hand } = await runningWith(6);
    await hand.run(50 * 60);
    await warnMoney(market.clock.world);
    expect((await hand.booking()).warnedSeconds).toBe(3_600);
    const before = await hand.permit();
    await addMoney(market.renter, 500, market.clock);
    await renewHolds(market.clock.world);
    const after = await hand.permit();
    expect(after.revision).toBe(before.revision + 1);
    expect(BigInt(after.ceilingMicros)).toBe(3_000_000n + 115n + 86_403_333n);
    await warnMoney(market.clock.world);
    expect((await hand.booking()).warnedSeconds).toBeNull();
    await renewHolds(market.clock.world);
    expect((await hand.permit()).revision).toBe(after.revision);
  });

  it('is counted for all that a renter runs together', async () => {
    const { market, hand } = await runningWith(200);
    const second = await market.book();
    await second.connect();
    const [one, two] = await Promise.all([hand.lease(), second.lease()]);
    const free = 200n * DOLLAR - one.heldMicros - two.heldMicros;
    const { cost } = await rentalOf(market.renter, hand.id, market.clock.now());
    expect(free).toBeGreaterThan(0n);
    expect(cost.runwaySeconds).toBeGreaterThan(86_400);
    await warnMoney(market.clock.world);
    expect(await warnings(hand)).toEqual([]);
  });

  it('under a cap is the cap: never renewed, told and stopped as such, and started again with a higher one', async () => {
    const { market, hand } = await runningWith(500, { capMicros: 5n * DOLLAR });
    await hand.run(80 * 60);
    await renewHolds(market.clock.world);
    await warnMoney(market.clock.world);
    expect(await warnings(hand)).toEqual([300]);
    await hand.run(10 * 60);
    await hand.say('stopped', { failure: { code: 'ceilingReached', detail: '' } });
    expect(await hand.booking()).toMatchObject({ reason: 'capReached', desired: 'stopped' });
    await market.beat();
    const again = { bookingId: hand.id, durationSeconds: null };
    await expect(startBooking(market.renter, again, market.clock.world)).rejects.toMatchObject({ reason: 'badInput' });
    await startBooking(market.renter, { ...again, capMicros: 12n * DOLLAR }, market.clock.world);
    const lease = await hand.lease();
    expect(lease.heldMicros + lease.chargedMicros).toBe(12n * DOLLAR);
    await hand.connect();
    await hand.run(4 * 3_600);
    expect((await hand.lease()).chargedMicros).toBeLessThanOrEqual(12n * DOLLAR);
  });

  it('stops a rental by its own statements, though its machine goes on', async () => {
    const { market, hand } = await runningWith(5);
    await hand.run(2 * 3_600);
    await warnMoney(market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'stopped', reason: 'moneyRanOut' });
    const paid = await hand.lease();
    await hand.run(3_600);
    expect((await hand.lease()).gpuSeconds).toBe(paid.gpuSeconds);
  });
});

describe('the disk of a stopped rental', () => {
  async function stoppedWith(dollars: number) {
    const market = await rentalMarket({ dollars, listing: { diskPriceMicrosPerGibMonth: 30_000_000n } });
    const hand = await market.book();
    await hand.connect();
    await hand.run(600);
    await stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await hand.say('stopped');
    return { market, hand };
  }
  const days = async (hand: RentalHand, market: RentalMarket, count: number) => {
    for (let day = 0; day < count; day += 1) {
      market.clock.pass(86_400);
      await hand.state({ state: 'stopped' });
      await renewHolds(market.clock.world);
      await expireKeptDisks(market.clock.world);
    }
  };

  it('is paid day by day from the wallet, for thirty days at most', async () => {
    const { market, hand } = await stoppedWith(100);
    await days(hand, market, 10);
    expect((await hand.booking()).desired).toBe('stopped');
    // A dollar a day for the GiB, and ten minutes of running before.
    expect((await hand.lease()).chargedMicros).toBe(10n * DOLLAR + 600_000n + 6_944n);
    await days(hand, market, 20);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
  });

  it('is deleted when its money is used up: the renter is told before, and a top-up keeps it', async () => {
    const { market, hand } = await stoppedWith(5);
    await days(hand, market, 4);
    const told = await db.event.findMany({ where: { bookingId: hand.id, kind: 'booking.moneyLow' } });
    expect(told).toHaveLength(1);
    const before = await hand.booking();
    expect(before.desired).toBe('stopped');
    expect(before.diskUntil?.getTime()).toBeLessThan(market.clock.now().getTime() + 86_400_000);
    await addMoney(market.renter, 20, market.clock);
    await renewHolds(market.clock.world);
    expect((await hand.booking()).diskUntil?.getTime()).toBeGreaterThan(market.clock.now().getTime() + 20 * 86_400_000);
    await days(hand, market, 21);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
    await hand.say('ended');
    expect((await walletOf(market.renter)).heldMicros).toBe(0n);
    expect((await walletOf(market.renter)).freeMicros).toBeGreaterThanOrEqual(0n);
  });
});
