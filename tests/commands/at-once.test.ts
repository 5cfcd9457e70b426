import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db, inTransaction } from '#lib/io/db.ts';
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

  it('on many machines: they are one commit, and who is refused is told their own and harms nobody', async () => {
    const prices = [1n, 2n, 3n, 4n, 40n].map((dollars) => dollars * DOLLAR);
    const markets = await Promise.all(
      prices.map((priceMicrosPerGpuHour) => rentalMarket({ listing: { priceMicrosPerGpuHour } })),
    );
    const { clock } = markets[0] ?? expect.fail();
    const poor = await renterWith(5, clock);
    const wishes = await Promise.all(
      markets.map(async (market, at) => {
        const renter = at === 4 ? poor : market.renter;
        await market.beat();
        const asked = { listingId: market.listingId, gpuCount: 1, diskBytes: 2n ** 30n, durationSeconds: null };
        const { id } = await requestQuote(renter, asked, clock.world);
        return { renter, quoteId: id, idempotencyKey: `at-once-${at}` };
      }),
    );
    const book = ({ renter, ...named }: (typeof wishes)[number]) =>
      bookListing(
        renter,
        { ...named, image: 'sublet/busybox:latest', command: null, environment: {}, capMicros: null },
        clock.world,
      );
    // The fourth is withdrawn meanwhile; the first asks twice with the same key.
    await db.listing.update({ where: { id: markets[3]?.listingId ?? '' }, data: { state: 'withdrawn' } });
    const [first] = wishes;
    const booked = await Promise.allSettled([...wishes, ...(first === undefined ? [] : [first])].map(book));
    const told = booked.map((one) =>
      one.status === 'fulfilled' ? one.value.created : one.reason instanceof Refusal ? one.reason.reason : one.reason,
    );
    expect(told).toEqual([true, true, true, 'listingGone', 'insufficientFunds', false]);
    const renterIds = wishes.map(({ renter }) => renter.userId);
    const stored = await db.$queryRaw<{ transaction: string; ports: number }[]>`
      SELECT b.xmin::text AS transaction, (SELECT count(*)::int FROM gateway_ports g WHERE g.booking_id = b.id) AS ports
      FROM bookings b WHERE b.renter_id = ANY(${renterIds})`;
    expect(stored.map(({ ports }) => ports)).toEqual([1, 1, 1]);
    expect(new Set(stored.map(({ transaction }) => transaction)).size).toBe(1);
    const actors = await db.event.findMany({
      where: { kind: 'booking.made', userId: { in: renterIds } },
      select: { actorId: true, userId: true },
    });
    expect(actors).toHaveLength(3);
    expect(actors.every(({ actorId, userId }) => actorId === userId)).toBe(true);
    expect(await walletOf(poor)).toEqual({ freeMicros: 5n * DOLLAR, heldMicros: 0n });
  });

  it('and one whose machine somebody else has locked: nobody waits for it but who wants it', async () => {
    const markets = await Promise.all([1, 2].map(() => rentalMarket()));
    const [locked, free] = markets.map((market) => market.machineId);
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isLocked = () => {};
    const lock = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    for (const market of markets) await market.beat();
    const holder = inTransaction('test: somebody else', async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM machines WHERE id = ${locked ?? ''} FOR NO KEY UPDATE`;
      isLocked();
      await held;
    });
    await lock;
    const waits = markets[0]?.bookSilent(markets[0].renter);
    expect((await markets[1]?.bookSilent(markets[1].renter))?.created).toBe(true);
    expect(await db.booking.count({ where: { machineId: { in: [locked ?? '', free ?? ''] } } })).toBe(1);
    letGo();
    await holder;
    expect((await waits)?.created).toBe(true);
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
