import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { warnMoney } from '#lib/leases/warn-money.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { addMoney, DOLLAR, rentalMarket, renterWith } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

/** What went wrong other than by a refusal, which is an answer. */
function failures(outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return outcomes.flatMap((one) => (one.status === 'rejected' && !(one.reason instanceof Refusal) ? [one.reason] : []));
}

describe('many who act at once', () => {
  it('on one machine: each gets a whole answer, no GPU is taken twice, the books add up', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 6 } });
    const renters = await Promise.all(Array.from({ length: 10 }, () => renterWith(200, market.clock)));
    const booked = await Promise.allSettled(renters.map((renter) => market.bookAs(renter)));
    expect(failures(booked)).toEqual([]);
    expect(booked.filter((one) => one.status === 'fulfilled')).toHaveLength(6);
    const overlaps = await db.$queryRaw<unknown[]>`
      SELECT 1 FROM allocations a JOIN allocations b ON a.gpu_id = b.gpu_id AND a.id < b.id
        AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`;
    expect(overlaps).toEqual([]);
  });

  it('on one booking: renter, machine and sweeps do not wait for each other in a circle', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 4 }, dollars: 20 });
    const hands = await Promise.all([1, 2, 3, 4].map(() => market.book({ capMicros: 5n * DOLLAR })));
    for (const hand of hands) await hand.connect();
    const { world } = market.clock;
    for (let round = 0; round < 6; round += 1) {
      market.clock.pass(300);
      await market.beat();
      const statements = await Promise.all(hands.map((hand) => hand.sign()));
      const all = hands.flatMap((hand) => {
        const named = { bookingId: hand.id };
        return [
          hand.send(statements),
          hand.say('stopped'),
          stopBooking(market.renter, named, world),
          startBooking(market.renter, { ...named, durationSeconds: null }, world),
          hand.say('connectable'),
        ];
      });
      const sweeps = [
        renewHolds(world),
        warnMoney(world),
        settleLeases(world),
        addMoney(market.renter, 5, market.clock),
      ];
      expect(failures(await Promise.allSettled([...all, ...sweeps]))).toEqual([]);
      await expectBooksBalance();
    }
    await Promise.allSettled(hands.map((hand) => endBooking(market.renter, { bookingId: hand.id }, world)));
    for (const hand of hands) await hand.say('ended');
    expect((await walletOf(market.renter)).heldMicros).toBe(0n);
  });

  it('on one wallet: no more is held than there is', async () => {
    const markets = await Promise.all([1, 2, 3, 4, 5].map(() => rentalMarket()));
    const renter = await renterWith(9, markets[0]?.clock ?? expect.fail());
    const booked = await Promise.allSettled(markets.map((market) => market.bookAs(renter, { capMicros: 4n * DOLLAR })));
    expect(failures(booked)).toEqual([]);
    expect(booked.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    expect(await walletOf(renter)).toEqual({ freeMicros: DOLLAR, heldMicros: 8n * DOLLAR });
  });
});
