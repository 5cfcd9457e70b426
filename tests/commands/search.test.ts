import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE } from '#lib/base/time.ts';
import { gpusNeeded, memoryNeed } from '#lib/catalogue/fit/memory.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { TRUST_TIERS, trustTier } from '#lib/catalogue/machine.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { nearestOffers, OFFERS_A_PAGE, searchListings } from '#lib/catalogue/queries/search.ts';
import { rankKeyOf } from '#lib/catalogue/rank-key.ts';
import { reliability } from '#lib/catalogue/reliability.ts';
import { EVERYTHING, FILTERS, GPU_COUNTS, type SearchAsk, without } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { ask, offered, type Placed, place, stall } from '#tests/support/random-market.ts';
import { GIB, NOW, takenBy } from '#tests/support/stalls.ts';

/** No market at all. Prices of listings are kept for good, so their triggers sleep meanwhile. */
const CLEARED = `BEGIN; SET LOCAL session_replication_role = replica; ${[
  'allocations',
  'bookings',
  'quotes',
  'listing_prices',
  'listings',
  'gpus',
  'offers',
  'silences',
  'calendars',
  'machines',
]
  .map((table) => `DELETE FROM ${table};`)
  .join(' ')} COMMIT`;

const ago = (ms: number) => new Date(NOW.getTime() - ms);
const later = (ms: number) => new Date(NOW.getTime() + ms);

beforeEach(async () => {
  await sql(CLEARED);
});
afterEach(() => {
  vi.unstubAllEnvs();
  forgetEnv();
});

const ids = async (ask: Partial<SearchAsk> = {}) =>
  (await searchListings(null, { ...EVERYTHING, ...ask }, NOW)).rows.map((row) => row.listingId);

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const points = (it: Placed) => {
  const found = reliability(it.offers, it.silences, NOW);
  return found.state === 'new' ? null : found.basisPoints;
};

/** What the page promises, said plainly over the same rows. */
function naive(market: readonly Placed[], a: SearchAsk, approvalNeeded: boolean): Placed[] {
  const freeOf = (it: Placed) => {
    const open = it.open === null || it.open.some(([from, until]) => from <= 0 && 0 < until);
    return open ? it.machine.gpuCount - (it.takenWhen === 'now' ? it.taken : 0) : 0;
  };
  const keyOf = rankKeyOf(a.sort, a);
  const byJob = ({ machine, listing, ...it }: Placed) => {
    const as = {
      gpuModel: machine.model ?? '',
      vramBytes: machine.vramBytes ?? 0,
      minGpus: listing.minGpus ?? 1,
      priceMicrosPerGpuHour: Number(listing.priceMicrosPerGpuHour),
      diskPriceMicrosPerGibMonth: Number(listing.diskPriceMicrosPerGibMonth ?? 100_000n),
      networkDownBitsPerSecond: 900_000_000,
      startMs: null,
    };
    return Math.min(keyOf?.(as, freeOf({ machine, listing, ...it })) ?? 0, Number.MAX_VALUE);
  };
  const found = market.filter((it) => {
    const { machine: m, listing: l } = it;
    const facts = offerFacts(
      {
        state: l.state ?? '',
        minGpus: l.minGpus ?? 1,
        endsAt: l.endsAt ?? null,
        approvedAt: l.approvedAt ?? null,
        suspendedAt: l.suspendedAt ?? null,
      },
      {
        hostId: 'h',
        host: { suspendedAt: it.hostSuspended ? NOW : null },
        selfTestPassed: m.selfTestPassed ?? true,
        lastSyncAt: m.lastSyncAt ?? null,
        identityCopiedAt: m.identityCopiedAt ?? null,
        retiredAt: m.retiredAt ?? null,
        specification: { docker: m.docker ? {} : null },
      },
      m.gpuCount,
      approvalNeeded,
    );
    if (whyNotOffered(facts, NOW) !== null) return false;
    const free = freeOf(it);
    const least = l.minGpus ?? 1;
    const tier = TRUST_TIERS.indexOf(
      trustTier({ selfTestPassed: m.selfTestPassed ?? true, staffCheckedAt: m.staffCheckedAt ?? null }),
    );
    if (a.models.length > 0 && !a.models.includes(m.model ?? '')) return false;
    if (a.gpus !== null && (a.gpus < least || a.gpus > m.gpuCount)) return false;
    if (a.vramGib !== null && BigInt(m.vramBytes ?? 0) < vramFloorBytes(a.vramGib)) return false;
    if (a.maxPriceMicrosPerGpuHour !== null && (l.priceMicrosPerGpuHour ?? 0n) > a.maxPriceMicrosPerGpuHour)
      return false;
    if (a.countries.length > 0 && !a.countries.includes(m.country ?? '')) return false;
    if (tier < TRUST_TIERS.indexOf(a.trust)) return false;
    const share = points(it);
    if (a.leastReliabilityBasisPoints !== null && (share === null || share < a.leastReliabilityBasisPoints))
      return false;
    if (!a.taken && free < (a.gpus ?? least)) return false;
    const needed = a.job === null ? 0 : gpusNeeded(memoryNeed(a.job), m.vramBytes ?? 0);
    if (needed === null || needed > m.gpuCount) return false;
    return !(a.hideSimulated && m.simulated);
  });
  const by: Record<SearchAsk['sort'], (it: Placed) => number> = {
    price: () => 0,
    vram: (it) => -(it.machine.vramBytes ?? 0),
    reliability: (it) => -(points(it) ?? -1),
    newest: (it) => -(it.listing.publishedAt?.getTime() ?? 0),
    cost: byJob,
    start: byJob,
  };
  const price = (it: Placed) => Number(it.listing.priceMicrosPerGpuHour);
  return found.sort(
    (x, y) => by[a.sort](x) - by[a.sort](y) || price(x) - price(y) || (x.listingId < y.listingId ? -1 : 1),
  );
}

describe('the search of the market', () => {
  it('finds in one statement what a plain reading of the rules finds, in the promised order, for any market', async () => {
    const renter = await person();
    const good = await person();
    const suspended = await person();
    await db.user.update({ where: { id: suspended.userId }, data: { suspendedAt: NOW } });
    await fc.assert(
      fc.asyncProperty(
        fc.array(stall, { minLength: 1, maxLength: 14 }),
        fc.array(ask, { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        async (stalls, asks, approvalNeeded) => {
          await sql(CLEARED);
          vi.stubEnv('SUBLET_LISTING_APPROVAL', approvalNeeded ? 'staff' : 'self-tested');
          forgetEnv();
          const market = await place(stalls, renter, good, suspended);
          for (const asked of asks) {
            const found = await searchListings(null, asked, NOW);
            const expected = naive(market, asked, approvalNeeded);
            expect(found.rows.map((row) => row.listingId)).toEqual(expected.map((it) => it.listingId));
            expect(found.total).toBe(expected.length);
            expect(found.offered).toBe(
              naive(market, { ...EVERYTHING, trust: 'new', taken: true }, approvalNeeded).length,
            );
            for (const row of found.rows) {
              const source = expected.find((it) => it.listingId === row.listingId) as Placed;
              expect(row.reliabilityBasisPoints).toBe(points(source));
              expect(row.simulated).toBe(source.machine.simulated);
            }
            for (const filter of FILTERS)
              expect([filter, found.gained[filter]]).toEqual([
                filter,
                naive(market, without(asked, filter), approvalNeeded).length - expected.length,
              ]);
            const would = (choice: Partial<SearchAsk>) => naive(market, { ...asked, ...choice }, approvalNeeded).length;
            for (const { model, offers } of found.models) expect(offers).toBe(would({ models: [model] }));
            for (const { country, offers } of found.countries) expect(offers).toBe(would({ countries: [country] }));
            expect(found.gpuCounts).toEqual(GPU_COUNTS.map((count) => ({ count, offers: would({ gpus: count }) })));
            expect(TRUST_TIERS.map((_, at) => sum(TRUST_TIERS.slice(at).map((tier) => found.tiers[tier])))).toEqual(
              TRUST_TIERS.map((trust) => would({ trust })),
            );
          }
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 25_000 },
    );
  });

  it('says what an offer is, with the word simulated and whose it is', async () => {
    const host = await person({ name: 'Ada' });
    const made = await offered(
      host,
      {
        gpuCount: 4,
        simulated: true,
        country: 'IS',
        region: 'Reykjavík',
        name: '<script>alert(1)</script>',
        staffCheckedAt: NOW,
      },
      { priceMicrosPerGpuHour: 350_000n, minGpus: 2, endsAt: later(DAY) },
    );
    await takenBy(await person(), { ...made, gpuIds: made.gpuIds.slice(0, 1) }, { from: ago(HOUR), to: later(HOUR) });
    const found = await searchListings(host, EVERYTHING, NOW);
    expect(found.rows).toMatchObject([
      {
        listingId: made.listingId,
        machineName: '<script>alert(1)</script>',
        hostName: 'Ada',
        own: true,
        simulated: true,
        gpuModel: 'RTX 4090',
        gpuCount: 4,
        freeGpus: 3,
        vramBytes: BigInt(24 * GIB),
        priceMicrosPerGpuHour: 350_000n,
        minGpus: 2,
        endsAt: later(DAY),
        nextFreeAt: later(HOUR),
        region: 'Reykjavík',
        country: 'IS',
        health: 'online',
        trust: 'checkedByStaff',
        reliabilityBasisPoints: null,
        memoryBytes: 64 * GIB,
      },
    ]);
    expect(found.models).toEqual([{ model: 'RTX 4090', offers: 1 }]);
    expect(found.countries).toEqual([{ country: 'IS', offers: 1 }]);
  });

  it('shows a listing no longer once it is withdrawn, suspended or silent', async () => {
    const host = await person();
    const { listingId, machineId } = await offered(host);
    expect(await ids()).toEqual([listingId]);
    for (const change of [{ state: 'withdrawn' }, { suspendedAt: NOW }, { endsAt: NOW }]) {
      await db.listing.update({ where: { id: listingId }, data: change });
      expect(await ids({ trust: 'new', taken: true })).toEqual([]);
      await db.listing.update({
        where: { id: listingId },
        data: { state: 'published', suspendedAt: null, endsAt: null },
      });
    }
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: ago(2 * MINUTE) } });
    expect(await ids({ trust: 'new', taken: true })).toEqual([]);
  });

  it('pages without losing or repeating an offer', async () => {
    const host = await person();
    const made: string[] = [];
    for (let i = 0; i < OFFERS_A_PAGE + 3; i += 1) made.push((await offered(host)).listingId);
    const first = await searchListings(null, EVERYTHING, NOW);
    const second = await searchListings(null, { ...EVERYTHING, page: 2 }, NOW);
    expect([first.total, first.pages, first.rows.length, second.rows.length]).toEqual([28, 2, OFFERS_A_PAGE, 3]);
    expect([...first.rows, ...second.rows].map((row) => row.listingId).sort()).toEqual(made.sort());
    expect(await searchListings(null, { ...EVERYTHING, page: 10_000 }, NOW)).toMatchObject({ total: 28, rows: [] });
  });

  it('names for an empty result which filter left out how many', async () => {
    const host = await person();
    await offered(host, {}, { priceMicrosPerGpuHour: 900_000n });
    await offered(host, {}, { priceMicrosPerGpuHour: 950_000n });
    const found = await searchListings(
      null,
      { ...EVERYTHING, models: ['RTX 4090'], maxPriceMicrosPerGpuHour: 100_000n },
      NOW,
    );
    expect(found).toMatchObject({ total: 0, leftOut: { price: 2, model: 0 }, gained: { price: 2, model: 0 } });
  });
});

describe('the nearest offers', () => {
  it('are of the same model first, then of no less memory, then of the nearest price, and free', async () => {
    const host = await person();
    const renter = await person();
    const lost = await offered(host, {}, { priceMicrosPerGpuHour: 400_000n });
    await takenBy(await person(), lost, { from: ago(HOUR), to: later(HOUR) });
    const smaller = await offered(
      host,
      { model: 'RTX 3060', vramBytes: 12 * GIB },
      { priceMicrosPerGpuHour: 400_000n },
    );
    const larger = await offered(
      host,
      { model: 'A100 SXM4', vramBytes: 40 * GIB },
      { priceMicrosPerGpuHour: 900_000n },
    );
    const same = await offered(host, {}, { priceMicrosPerGpuHour: 600_000n });
    const nearer = await offered(host, {}, { priceMicrosPerGpuHour: 300_000n });
    const own = await offered(renter, {}, { priceMicrosPerGpuHour: 400_000n });
    const pretended = await offered(host, { simulated: true }, { priceMicrosPerGpuHour: 400_000n });
    const taken = await offered(host);
    await takenBy(await person(), taken, { from: ago(HOUR), to: later(HOUR) });
    const near = (await nearestOffers(renter, lost.listingId, 1, NOW)).map((offer) => offer.listingId);
    expect(near).toEqual([nearer.listingId, same.listingId, larger.listingId]);
    for (const absent of [own, pretended, smaller, taken, lost]) expect(near).not.toContain(absent.listingId);
  });

  it('have room for as many GPUs as were wanted', async () => {
    const host = await person();
    const lost = await offered(host, { gpuCount: 2 });
    await offered(host, { gpuCount: 1 });
    const two = await offered(host, { gpuCount: 2, model: 'RTX 3060' });
    expect((await nearestOffers(null, lost.listingId, 2, NOW)).map((offer) => offer.listingId)).toEqual([
      two.listingId,
    ]);
    expect(await nearestOffers(null, 'lst_nothing', 1, NOW)).toEqual([]);
  });
});
