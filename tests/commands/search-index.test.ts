import '#tests/support/database.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MINUTE } from '#lib/base/time.ts';
import { ListingIndex } from '#lib/catalogue/index/listing-index.ts';
import { loadListings, publishedMachines } from '#lib/catalogue/index/load-listings.ts';
import type { Ranking } from '#lib/catalogue/offer.ts';
import { findOffers } from '#lib/catalogue/queries/find-offers.ts';
import { db } from '#lib/io/db.ts';
import { person } from '#tests/support/people.ts';
import { ask, place, stall } from '#tests/support/random-market.ts';
import { GIB, NOW } from '#tests/support/stalls.ts';

const LONG = process.env.SUBLET_LONG === '1';
const STALLS = LONG ? 300 : 60;

it('says in memory what the database says, rows, counts and reasons, for any search and at any later instant', async () => {
  const renter = await person();
  const good = await person();
  const suspended = await person();
  await db.user.update({ where: { id: suspended.userId }, data: { suspendedAt: NOW } });
  const [stalls = []] = fc.sample(fc.array(stall, { minLength: STALLS, maxLength: STALLS }), {
    numRuns: 1,
    ...(LONG ? {} : { seed: 4 }),
  });
  const market = await place(stalls, renter, good, suspended);

  const index = new ListingIndex(NOW.getTime());
  for await (const machineIds of publishedMachines(40)) index.put(await loadListings(machineIds, NOW));
  expect(index.size).toBeGreaterThan(STALLS / 4);

  let now = NOW.getTime();
  await fc.assert(
    fc.asyncProperty(
      ask,
      fc.record({ take: fc.integer({ min: 0, max: 30 }), skip: fc.integer({ min: 0, max: 40 }) }),
      fc.option(fc.record({ at: fc.nat(market.length - 1), vramGib: fc.constantFrom(12, 24, 40) }), { freq: 3 }),
      fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 17, 1_000),
      async (asked, page, near, passed) => {
        now += passed;
        const lost = near === null ? undefined : market[near.at];
        const listing = await db.listing.findUnique({ where: { id: lost?.listingId ?? '' } });
        const ranking: Ranking =
          near === null || listing === null
            ? { by: asked.sort }
            : {
                near: {
                  listingId: listing.id,
                  machineId: listing.machineId,
                  gpuModel: lost?.machine.model ?? '',
                  vramBytes: BigInt(near.vramGib * GIB),
                  priceMicrosPerGpuHour: listing.priceMicrosPerGpuHour,
                },
              };
        const truth = await findOffers(good, asked, ranking, page, new Date(now));
        expect(index.find(good, asked, ranking, page, now)).toEqual(truth);
      },
    ),
    { numRuns: LONG ? 1_000 : 150, endOnFailure: true, ...(LONG ? {} : { interruptAfterTimeLimit: 15_000 }) },
  );
  // Every machine of this market spoke last at NOW or before: two minutes later nobody is there.
  expect(index.find(null, sampleAsk, { by: 'price' }, { take: 5, skip: 0 }, NOW.getTime() + 2 * MINUTE).offered).toBe(
    0,
  );
});

const [sampleAsk] = fc.sample(ask, 1) as [Parameters<ListingIndex['find']>[1]];
