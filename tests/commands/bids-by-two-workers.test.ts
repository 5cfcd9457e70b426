import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { MOST_OPEN_BIDS } from '#lib/bookings/bid.ts';
import { clearBids } from '#lib/bookings/clear-bids.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { db } from '#lib/io/db.ts';
import { bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';

afterEach(async () => {
  await expectBooksBalance();
  await db.listing.updateMany({ data: { state: 'withdrawn' } });
});

describe('two workers that clear at once', () => {
  it('give each bid one rental, and tell each loser once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const market = await bidding({ machine: { gpuCount: 2 } });
      const low = [
        await market.runningBid(await market.renterWith(1_000), 2),
        await market.runningBid(await market.renterWith(1_000), 2.05),
      ];
      const high = [
        await market.bid(await market.renterWith(1_000), 5),
        await market.bid(await market.renterWith(1_000), 6),
      ];
      market.clock.pass(1);
      await market.beat();
      const both = () =>
        Promise.all([clearBids(market.clock.world), tidyBids(market.clock.world), clearBids(market.clock.world)]);
      await both();
      market.clock.pass(1);
      await both();
      for (const bidId of high) {
        const bid = await db.bid.findUniqueOrThrow({ where: { id: bidId } });
        expect(bid).toMatchObject({ state: 'open', rentals: 1, waits: null });
        expect(await db.booking.count({ where: { renterId: bid.renterId, kind: 'interruptible' } })).toBe(1);
      }
      for (const { hand } of low) {
        const told = await db.event.count({ where: { bookingId: hand.id, kind: 'booking.interrupting' } });
        expect(told).toBe(1);
      }
      await db.listing.updateMany({ data: { state: 'withdrawn' } });
    }
  });
});

describe('how many bids one renter may have open', () => {
  it('is kept by any number of bids sent at once', async () => {
    const market = await bidding({ machine: { gpuCount: 2 } });
    const sent = await Promise.allSettled(
      Array.from({ length: MOST_OPEN_BIDS + 12 }, () => market.bid(market.renter, 2)),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(MOST_OPEN_BIDS);
    expect(await db.bid.count({ where: { renterId: market.renter.userId, state: 'open' } })).toBe(MOST_OPEN_BIDS);
  });
});
