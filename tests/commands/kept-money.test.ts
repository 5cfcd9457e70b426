import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Actor, THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { makeBookings } from '#lib/bookings/make-bookings.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { lockOffers } from '#lib/catalogue/lock-offer.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { spendableByItself } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { addMoney, DOLLAR, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { GIB } from '#tests/support/stalls.ts';

afterEach(expectBooksBalance);

/** Looks at a booking, with the money for it kept. */
async function review(market: RentalMarket, who: Actor, hours: number | null, capMicros: bigint | null = null) {
  await market.beat();
  const durationSeconds = hours === null ? null : hours * 3_600;
  const size = { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds };
  return requestQuote(who, { ...size, capMicros, keepMoney: true }, market.clock.world);
}

async function bookReviewed(market: RentalMarket, who: Actor, quoteId: string, capMicros: bigint | null = null) {
  await market.beat();
  const idempotencyKey = randomBytes(8).toString('hex');
  const wish = { quoteId, image: 'ubuntu:24.04', command: null, environment: {}, capMicros, idempotencyKey };
  return bookListing(who, wish, market.clock.world);
}

/** The market begins something of a renter's by itself, as it does with jobs, bids and standing requests. */
async function beginByItself(market: RentalMarket, who: Actor, hours: number): Promise<void> {
  const now = market.clock.now();
  await inTransaction('test: begin', async (tx) => {
    const [offer] = await lockOffers(tx, [market.listingId], now);
    const gpu = offer?.gpus.find(({ takenUntil }) => takenUntil === null);
    if (offer === undefined || gpu === undefined) throw new Refusal('gpuTaken');
    const bookingId = newId('booking', now);
    await makeBookings(
      tx,
      THE_MARKET,
      [
        {
          bookingId,
          leaseId: newId('lease', now),
          kind: 'onDemand',
          renterId: who.userId,
          quoteId: null,
          offer,
          gpus: [gpu],
          terms: {
            ...offer.terms,
            feeBasisPoints: 1_000,
            gpuCount: 1,
            gpuModel: gpu.model,
            diskBytes: BigInt(GIB),
            limits: { cpuMillis: 1_000, memoryBytes: BigInt(GIB), pids: 64 },
          },
          workload: { name: 'job', image: 'docker.io/sublet/busybox:latest', command: null, sealedEnvironment: null },
          capMicros: null,
          idempotencyKey: bookingId,
          startsAt: now,
          endsAt: addSeconds(now, hours * 3_600),
        },
      ],
      now,
    );
  });
}

const freeOf = async (who: Actor) => (await walletOf(who)).freeMicros;

describe('money that is kept while a booking is looked at', () => {
  it('stays in the wallet, and is not taken by what begins by itself', async () => {
    const market = await rentalMarket({ dollars: 10 });
    const quote = await review(market, market.renter, 2);
    expect(quote.keptMicros).toBe(7_200_000n + 277n + 3_334n);
    expect(await freeOf(market.renter)).toBe(10n * DOLLAR);
    const spendable = () => spendableByItself(db, market.renter.userId, 10n * DOLLAR, market.clock.now());
    expect(await spendable()).toBe(10n * DOLLAR - quote.keptMicros);
    expect(await refusal(beginByItself(market, market.renter, 1))).toMatchObject({ reason: 'insufficientFunds' });
    await bookReviewed(market, market.renter, quote.id);
    expect((await walletOf(market.renter)).heldMicros).toBe(quote.keptMicros);
    expect(await db.quote.count({ where: { renterId: market.renter.userId, keptMicros: { gt: 0n } } })).toBe(0);
  });

  it('is free again by itself when the five minutes are over', async () => {
    const market = await rentalMarket({ dollars: 10 });
    await review(market, market.renter, 2);
    market.clock.pass(299);
    expect(await refusal(beginByItself(market, market.renter, 1))).toMatchObject({ reason: 'insufficientFunds' });
    market.clock.pass(1);
    await beginByItself(market, market.renter, 1);
  });

  it('is kept for one booking at a time, and never from what its renter books by hand', async () => {
    const market = await rentalMarket({ dollars: 10 });
    await review(market, market.renter, 2);
    const second = await review(market, market.renter, 1);
    expect(
      await db.quote.findMany({
        where: { renterId: market.renter.userId, keptMicros: { gt: 0n } },
        select: { id: true },
      }),
    ).toEqual([{ id: second.id }]);
    await review(market, market.renter, 2);
    const { bookingId } = await market.bookAs(market.renter, { durationSeconds: 2 * 3_600 });
    expect(bookingId).toMatch(/^bkg_/);
  });

  it('is no more than a cap, and what is lacking is said before anything is kept', async () => {
    const market = await rentalMarket({ dollars: 5 });
    expect((await review(market, market.renter, null, 4n * DOLLAR)).keptMicros).toBe(4n * DOLLAR);
    const poor = await renterWith(0, market.clock);
    expect(await refusal(review(market, poor, 1))).toMatchObject({ reason: 'insufficientFunds' });
    expect(await refusal(review(market, market.renter, null, DOLLAR))).toMatchObject({ reason: 'badInput' });
    expect(await db.quote.count({ where: { renterId: poor.userId } })).toBe(0);
  });

  it('is witnessed by the database: never below zero, and for one quote of a renter', async () => {
    const market = await rentalMarket({ dollars: 50 });
    const { id } = await review(market, market.renter, 1);
    await expect(sql(`UPDATE quotes SET kept_micros = -1 WHERE id = '${id}'`)).rejects.toThrow(/quotes_kept/);
    await requestQuote(
      market.renter,
      { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds: 3_600 },
      market.clock.world,
    );
    await expect(sql('UPDATE quotes SET kept_micros = 5')).rejects.toThrow(/quotes_one_kept/);
  });

  it('whatever happens in whichever order, what was looked at can be paid, and no wallet is blocked', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('review' as const), hours: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('itself' as const), hours: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('hand' as const), hours: fc.integer({ min: 1, max: 2 }) }),
      fc.record({ do: fc.constant('book' as const) }),
      fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 299 }) }),
      fc.record({ do: fc.constant('pay' as const), dollars: fc.integer({ min: 5, max: 12 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
        const market = await rentalMarket({ machine: { gpuCount: 10 } });
        const who = await renterWith(15, market.clock);
        let looked: { id: string; until: Date; micros: bigint } | null = null;
        const live = () => (looked !== null && market.clock.now() < looked.until ? looked.micros : 0n);
        for (const now of steps) {
          const free = await freeOf(who);
          let refused: string | null = null;
          const attempt = async (work: Promise<unknown>) => {
            refused = await work.then(
              () => null,
              (error: unknown) => (error instanceof Refusal ? error.reason : Promise.reject(error)),
            );
          };
          if (now.do === 'pass') market.clock.pass(now.seconds);
          if (now.do === 'pay') await addMoney(who, now.dollars, market.clock);
          if (now.do === 'review') {
            await attempt(
              review(market, who, now.hours).then(({ id, expiresAt, keptMicros }) => {
                looked = { id, until: expiresAt, micros: keptMicros };
              }),
            );
            // Less than an hour of it and a day of its disk: 3,600,000 + 138 + 3,334.
            expect(refused).toBe(free < 3_603_472n ? 'insufficientFunds' : null);
          }
          if (now.do === 'itself') {
            await attempt(beginByItself(market, who, now.hours));
            expect(refused).toBe(free - live() < 3_603_472n ? 'insufficientFunds' : null);
            expect(await freeOf(who)).toBeGreaterThanOrEqual(live());
          }
          if (now.do === 'hand') {
            await attempt(market.bookAs(who, { durationSeconds: now.hours * 3_600 }));
            expect(refused).toBe(free < 3_603_472n ? 'insufficientFunds' : null);
            // Taken by hand: what was kept may be less now, and nothing was promised against that.
            if ((await freeOf(who)) < live()) looked = null;
          }
          if (now.do === 'book' && live() > 0n && looked !== null) {
            await attempt(bookReviewed(market, who, (looked as { id: string }).id));
            expect(refused).toBeNull();
            looked = null;
          }
          const kept = await db.quote.count({ where: { renterId: who.userId, keptMicros: { gt: 0n } } });
          expect(kept).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
