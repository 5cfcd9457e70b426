import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { acceptAnswer } from '#lib/bookings/accept-answer.ts';
import { answerRequest } from '#lib/bookings/answer-request.ts';
import { cancelStandingRequest, expireStandingRequests } from '#lib/bookings/close-standing-request.ts';
import { matchRequests } from '#lib/bookings/match-requests.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { HOUR_SECONDS, standing } from '#tests/support/standing.ts';

afterEach(expectBooksBalance);

const HUNDREDTH = 10_000n;
const pick = fc.nat({ max: 7 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      price: fc.integer({ min: 200, max: 500 }),
      hours: fc.integer({ min: 1, max: 6 }),
      slack: fc.integer({ min: 0, max: 20_000 }),
      gpus: fc.constantFrom(1, 1, 1, 2),
      mode: fc.constantFrom('book' as const, 'book' as const, 'ask' as const),
      cap: fc.option(fc.integer({ min: 100, max: 3_000 }), { freq: 2 }),
      poor: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('price' as const), price: fc.integer({ min: 150, max: 350 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sweep' as const), workers: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: pick, beside: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 12_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: pick,
      price: fc.integer({ min: 150, max: 550 }),
      holds: fc.integer({ min: 600, max: 20_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('accept' as const), which: pick, twice: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** What the market does not want is a refusal; anything else is a bug of ours. */
async function tried(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

async function take(
  market: RentalMarket,
  renters: { rich: RentalMarket['renter']; poor: RentalMarket['renter'] },
  one: Step,
) {
  const { clock } = market;
  const owner = (renterId: string) => (renterId === renters.poor.userId ? renters.poor : renters.rich);
  const requests = () =>
    db.standingRequest.findMany({
      orderBy: { id: 'asc' },
      where: { renterId: { in: [renters.rich.userId, renters.poor.userId] } },
    });
  const swept = () => matchRequests(clock.world);
  await market.beat();
  switch (one.do) {
    case 'ask': {
      const durationSeconds = one.hours * HOUR_SECONDS;
      return tried(
        standing(one.poor ? renters.poor : renters.rich, clock, {
          mode: one.mode,
          maxPriceMicrosPerGpuHour: BigInt(one.price) * HUNDREDTH,
          capMicros: one.cap === null ? null : BigInt(one.cap) * HUNDREDTH,
          gpuCount: one.gpus,
          durationSeconds,
          finishBy: addSeconds(clock.now(), durationSeconds + one.slack),
        }),
      );
    }
    case 'price':
      return db.listing.update({
        where: { id: market.listingId },
        data: { priceMicrosPerGpuHour: BigInt(one.price) * HUNDREDTH },
      });
    case 'sweep':
      return Promise.all(Array.from({ length: one.workers }, swept));
    case 'cancel': {
      const all = await requests();
      const which = all[one.which % Math.max(1, all.length)];
      if (which === undefined) return;
      const cancelled = tried(cancelStandingRequest(owner(which.renterId), { requestId: which.id }, clock.world));
      return Promise.all([cancelled, ...(one.beside ? [swept()] : [])]);
    }
    case 'pass':
      clock.pass(one.seconds);
      return expireStandingRequests(clock.world);
    case 'end':
      // Whoever has GPUs gives them back now.
      return sql(
        "UPDATE allocations SET ends_at = greatest($1::timestamptz, starts_at + interval '1 millisecond') WHERE ends_at > $1",
        [clock.now()],
      );
    case 'answer': {
      const all = await requests();
      const which = all[one.which % Math.max(1, all.length)];
      if (which === undefined) return;
      const input = {
        requestId: which.id,
        machineId: market.machineId,
        priceMicrosPerGpuHour: BigInt(one.price) * HUNDREDTH,
        holdsSeconds: one.holds,
      };
      return tried(answerRequest(market.host, input, clock.world));
    }
    case 'accept': {
      const answers = await db.standingAnswer.findMany({
        orderBy: { id: 'asc' },
        where: { hostId: market.host.userId },
        include: { request: true },
      });
      const which = answers[one.which % Math.max(1, answers.length)];
      if (which === undefined) return;
      const accepted = () =>
        tried(acceptAnswer(owner(which.request.renterId), { answerId: which.id, environment: {} }, clock.world));
      return Promise.all([accepted(), ...(one.twice ? [accepted()] : [])]);
    }
  }
}

/** What holds after every step, whatever was done and by how many at once. */
async function expectAsAsked(renterIds: readonly string[], now: Date): Promise<number> {
  const requests = await db.standingRequest.findMany({
    where: { renterId: { in: [...renterIds] } },
    include: { answers: true },
  });
  const bookings = await db.booking.findMany({
    where: { renterId: { in: [...renterIds] } },
    include: { lease: true, allocations: true },
  });
  // Each booking is of one request, and none without one.
  expect(bookings.map(({ id }) => id).sort()).toEqual(requests.flatMap(({ bookingId }) => bookingId ?? []).sort());
  for (const request of requests) {
    const booking = bookings.find(({ id }) => id === request.bookingId);
    expect(booking !== undefined).toBe(request.state === 'booked');
    if (request.state === 'open' || request.state === 'paused') expect(request.startBy >= now).toBe(true);
    if (booking === undefined) continue;
    const terms = readTerms(booking.terms);
    expect(terms.priceMicrosPerGpuHour).toBeLessThanOrEqual(request.maxPriceMicrosPerGpuHour);
    expect(terms.gpuCount).toBe(request.gpuCount);
    expect(booking.startsAt <= request.startBy).toBe(true);
    expect(booking.endsAt <= request.finishBy).toBe(true);
    expect(booking.endsAt).toEqual(addSeconds(booking.startsAt, request.durationSeconds));
    expect((booking.lease?.heldMicros ?? 0n) + (booking.lease?.chargedMicros ?? 0n)).toBeLessThanOrEqual(
      request.capMicros,
    );
    expect(booking.allocations).toHaveLength(request.gpuCount);
    const accepted = request.answers.filter(({ state }) => state === 'accepted');
    if (request.mode === 'ask')
      expect(accepted.map((answer) => answer.priceMicrosPerGpuHour)).toEqual([terms.priceMicrosPerGpuHour]);
    else expect(accepted).toEqual([]);
  }
  return bookings.length;
}

it('a request is booked once, at its price, under its cap, before its deadline, or not at all, whatever happens in whatever order', async () => {
  let booked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 30 }), async (steps) => {
      await db.listing.updateMany({ data: { state: 'withdrawn' } });
      const market = await rentalMarket({ dollars: 0, listing: { priceMicrosPerGpuHour: 3_000_000n } });
      const renters = { rich: await renterWith(500, market.clock), poor: await renterWith(8, market.clock) };
      const renterIds = [renters.rich.userId, renters.poor.userId];
      for (const one of steps) {
        await take(market, renters, one);
        await expectAsAsked(renterIds, market.clock.now());
      }
      booked += await expectAsAsked(renterIds, market.clock.now());
      await db.standingRequest.updateMany({
        where: { closedAt: null },
        data: { state: 'cancelled', closedAt: market.clock.now() },
      });
    }),
    { numRuns: 20 },
  );
  // Else it would have shown nothing.
  expect(booked).toBeGreaterThan(10);
}, 180_000);
