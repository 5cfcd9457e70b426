import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '#lib/base/time.ts';
import { gpusNeeded, memoryNeed } from '#lib/catalogue/fit/memory.ts';
import { usualWorkload } from '#lib/catalogue/fit/workload.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { OFFLINE_AFTER_SECONDS, TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { rankKeyOf } from '#lib/catalogue/rank-key.ts';
import { reliability } from '#lib/catalogue/reliability.ts';
import { GPU_COUNTS, type SearchAsk, SORTS, without } from '#lib/catalogue/search.ts';
import { Agenda } from './agenda.ts';
import { BitPlanes, CHUNK_WORDS, lowestBit, popcount } from './bits.ts';
import type { KeptListing } from './kept-listing.ts';
import { ListingIndex } from './listing-index.ts';
import { PriceOrder } from './price-order.ts';

const GIB = 1_073_741_824;
const START = Date.parse('2026-11-23T12:00:00.000Z');
const MODELS = ['RTX 4090', 'A100 SXM4', 'RTX 3060'];

const spans = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 40 * DAY }),
      long: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 10 * DAY })),
    }),
    { maxLength: 3 },
  )
  .map((list) => list.flatMap(({ from, long }) => [START - from, START - from + long]));

/** What a machine may be; ids and signs of life come from where it is used. */
const someListing = fc
  .record({
    gpuModel: fc.constantFrom(...MODELS),
    gpuCount: fc.constantFrom(1, 2, 4, 8),
    minGpus: fc.constantFrom(1, 1, 2, 9),
    vramBytes: fc.constantFrom(12 * GIB, 24 * GIB - 12_582_912, 80 * GIB),
    price: fc.integer({ min: 1, max: 12 }).map((tens) => tens * 100_000),
    country: fc.constantFrom(null, 'DE', 'US'),
    simulated: fc.boolean(),
    tier: fc.constantFrom(0, 1, 2),
    publishedAt: fc.constantFrom(0, 1, 2, 3, 9, 40).map((days) => START - days * DAY),
    endsAt: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 3 * HOUR }).map((ms) => START + ms),
    ),
    takenFrom: fc.integer({ min: -HOUR, max: 2 * HOUR }),
    takenLong: fc.integer({ min: 0, max: 2 * HOUR }),
    takenGpus: fc.integer({ min: 0, max: 8 }),
    networkDownBitsPerSecond: fc.constantFrom(null, 50_000_000, 1_000_000_000),
    startMs: fc.constantFrom(null, 2_000, 60_000),
    open: fc.option(
      fc
        .uniqueArray(fc.integer({ min: -60, max: 180 }), { minLength: 1, maxLength: 6 })
        .map((edges) => edges.toSorted((a, b) => a - b).map((minute) => START + minute * MINUTE))
        .map((edges) => (edges.length % 2 === 0 ? edges : [...edges, Number.POSITIVE_INFINITY])),
      { freq: 2 },
    ),
    offers: spans,
    silences: spans,
  })
  .map(({ price, takenFrom, takenLong, takenGpus, ...made }) => ({
    ...made,
    priceMicrosPerGpuHour: price,
    taken: Array.from({ length: Math.min(takenGpus, made.gpuCount) }, () => [
      START + takenFrom,
      START + takenFrom + takenLong,
    ]).flat(),
    takenOf: Array.from({ length: Math.min(takenGpus, made.gpuCount) }, (_, gpu) => gpu + 1),
  }));

type Made = typeof someListing extends fc.Arbitrary<infer Type> ? Type : never;

const listingOf = (machine: number, made: Made, lastSyncAt: number): KeptListing => ({
  listingId: `lst_${machine}`,
  machineId: `mch_${machine}`,
  machineName: 'box',
  hostName: 'Ada',
  hostId: 'usr_1',
  region: null,
  diskPriceMicrosPerGibMonth: 1,
  cpuModel: 'CPU',
  cpuThreads: 8,
  memoryBytes: GIB,
  diskFreeBytes: GIB,
  lastSyncAt,
  ...made,
});

type Step =
  | { readonly put: readonly (readonly [number, Made])[] }
  | { readonly remove: readonly number[] }
  | { readonly seen: number }
  | { readonly pass: number };
const machine = fc.nat(60);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ put: fc.array(fc.tuple(machine, someListing), { maxLength: 4 }) }),
  fc.record({ put: fc.array(fc.tuple(machine, someListing), { minLength: 50, maxLength: 70 }) }),
  fc.record({ remove: fc.array(machine, { maxLength: 5 }) }),
  fc.record({ seen: machine }),
  fc.record({ pass: fc.constantFrom(1, SECOND, 50 * SECOND, 119 * SECOND, 121 * SECOND, HOUR) }),
);

const someAsk: fc.Arbitrary<SearchAsk> = fc.record({
  models: fc.subarray([...MODELS.slice(0, 2), 'nothing'], { maxLength: 2 }),
  gpus: fc.option(fc.integer({ min: 1, max: 5 })),
  vramGib: fc.option(fc.constantFrom(12, 24, 80)),
  maxPriceMicrosPerGpuHour: fc.option(fc.constantFrom(300_000n, 700_001n)),
  countries: fc.subarray(['DE', 'US', 'JP'], { maxLength: 2 }),
  trust: fc.constantFrom(...TRUST_TIERS),
  leastReliabilityBasisPoints: fc.option(fc.constantFrom(0, 9_000, 10_000)),
  taken: fc.boolean(),
  hideSimulated: fc.boolean(),
  job: fc.option(
    fc.constantFrom(
      usualWorkload('llama-3.1-8b', 'inference'),
      usualWorkload('llama-3.1-8b', 'qlora'),
      usualWorkload('llama-3.1-70b', 'qlora'),
      usualWorkload('llama-3.1-8b', 'full'),
    ),
  ),
  sort: fc.constantFrom(...SORTS),
  page: fc.constant(1),
});

/** The same search, said plainly over a list. */
function naive(market: readonly KeptListing[], ask: SearchAsk, now: number): KeptListing[] {
  const points = (it: KeptListing) => {
    const list = (flat: readonly number[]) =>
      flat.flatMap((startsAt, at) => {
        const end = flat[at + 1] ?? 0;
        return at % 2 === 1
          ? []
          : [{ startsAt: new Date(startsAt), endsAt: Number.isFinite(end) ? new Date(end) : null }];
      });
    const found = reliability(list(it.offers), list(it.silences), new Date(now));
    return found.state === 'new' ? -1 : found.basisPoints;
  };
  const free = (it: KeptListing) => {
    const opened = it.open === null ? 1 : it.open.filter((edge) => edge <= now).length;
    const taken = it.taken.filter((from, at) => at % 2 === 0 && from <= now && now < (it.taken[at + 1] ?? 0)).length;
    return opened % 2 === 0 ? 0 : it.gpuCount - taken;
  };
  const keyOf = rankKeyOf(ask.sort, ask);
  const byJob = (it: KeptListing) => -Math.min(keyOf?.(it, free(it)) ?? 0, Number.MAX_VALUE);
  const found = market.filter((it) => {
    if (now - it.lastSyncAt >= OFFLINE_AFTER_SECONDS * SECOND || (it.endsAt !== null && it.endsAt <= now)) return false;
    if (ask.models.length > 0 && !ask.models.includes(it.gpuModel)) return false;
    if (ask.gpus !== null && (ask.gpus < it.minGpus || ask.gpus > it.gpuCount)) return false;
    if (!ask.taken && free(it) < (ask.gpus ?? it.minGpus)) return false;
    if (ask.vramGib !== null && it.vramBytes < Number(vramFloorBytes(ask.vramGib))) return false;
    if (ask.maxPriceMicrosPerGpuHour !== null && it.priceMicrosPerGpuHour > ask.maxPriceMicrosPerGpuHour) return false;
    if (ask.countries.length > 0 && !ask.countries.includes(it.country ?? '')) return false;
    if (it.tier < TRUST_TIERS.indexOf(ask.trust)) return false;
    const share = points(it);
    const least = ask.leastReliabilityBasisPoints;
    if (least !== null && (share < 0 || share < least)) return false;
    const needed = ask.job === null ? 0 : gpusNeeded(memoryNeed(ask.job), it.vramBytes);
    if (needed === null || needed > it.gpuCount) return false;
    return !(ask.hideSimulated && it.simulated);
  });
  const key: Record<SearchAsk['sort'], (it: KeptListing) => number> = {
    price: () => 0,
    vram: (it) => it.vramBytes,
    reliability: points,
    newest: (it) => it.publishedAt,
    cost: byJob,
    start: byJob,
  };
  return found.sort(
    (a, b) =>
      key[ask.sort](b) - key[ask.sort](a) ||
      a.priceMicrosPerGpuHour - b.priceMicrosPerGpuHour ||
      (a.listingId < b.listingId ? -1 : 1),
  );
}

describe('the index of listings', () => {
  it('finds what a plain filter over a list finds, whatever came, went, changed, spoke, and however time passed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, someAsk), { minLength: 4, maxLength: 16 }), (steps) => {
        const index = new ListingIndex(START);
        const market = new Map<number, KeptListing>();
        let now = START;
        for (const [does, ask] of steps) {
          if ('pass' in does) now += does.pass;
          if ('put' in does) {
            const last = new Map(does.put.map(([id, made]) => [id, listingOf(id, made, now)]));
            for (const [id, listing] of last) market.set(id, listing);
            index.put([...last.values()]);
          }
          if ('remove' in does) {
            for (const id of does.remove) market.delete(id);
            index.remove(does.remove.map((id) => `mch_${id}`));
          }
          if ('seen' in does) {
            const known = market.get(does.seen);
            if (known !== undefined) market.set(does.seen, { ...known, lastSyncAt: now });
            index.seen(`mch_${does.seen}`, now);
          }
          const all = [...market.values()];
          const would = (choice: Partial<SearchAsk>) => naive(all, { ...ask, ...choice }, now).length;
          const expected = naive(all, ask, now);
          const found = index.find(null, ask, { by: ask.sort }, { take: 7, skip: 2 }, now);
          expect(found.rows.map((row) => row.listingId)).toEqual(expected.slice(2, 9).map((it) => it.listingId));
          expect(found.total).toBe(expected.length);
          for (const filter of ['model', 'gpus', 'price', 'trust', 'reliability', 'taken'] as const)
            expect([filter, found.gained[filter]]).toEqual([
              filter,
              naive(all, without(ask, filter), now).length - expected.length,
            ]);
          for (const { model, offers } of found.models) expect(offers).toBe(would({ models: [model] }));
          for (const { country, offers } of found.countries) expect(offers).toBe(would({ countries: [country] }));
          expect(found.gpuCounts).toEqual(GPU_COUNTS.map((count) => ({ count, offers: would({ gpus: count }) })));
        }
      }),
      process.env.SUBLET_LONG === '1'
        ? { numRuns: 2_000, endOnFailure: true }
        : { numRuns: 60, endOnFailure: true, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('ranks a crowd as it ranks a few', () => {
    const made = fc.sample(someListing, { numRuns: 40, seed: 7 });
    const crowd = Array.from({ length: 4_500 }, (_, at) => {
      const one = made[at % made.length] as Made;
      return listingOf(
        at,
        { ...one, priceMicrosPerGpuHour: one.priceMicrosPerGpuHour + ((at * 7_919) % 1_000) },
        START,
      );
    });
    const index = new ListingIndex(START);
    index.put(crowd);
    const [base] = fc.sample(someAsk, 1) as [SearchAsk];
    for (const sort of SORTS)
      for (const page of [
        { take: 50, skip: 0 },
        { take: 25, skip: 300 },
        { take: 25, skip: 1_500 },
      ]) {
        const ask = {
          ...without(without(without(base, 'model'), 'price'), 'country'),
          trust: 'new',
          taken: true,
          sort,
        } as const;
        const open = { ...ask, gpus: null, vramGib: null, leastReliabilityBasisPoints: null, hideSimulated: false };
        const expected = naive(crowd, open, START).slice(page.skip, page.skip + page.take);
        const { rows } = index.find(null, open, { by: sort }, page, START);
        expect([sort, rows.map((row) => row.listingId)]).toEqual([sort, expected.map((it) => it.listingId)]);
      }
  });

  it('is offered until two minutes of silence, to the millisecond, and at once again after a sign of life', () => {
    const [made] = fc.sample(someListing, 1) as [Made];
    const index = new ListingIndex(START);
    index.put([listingOf(1, { ...made, endsAt: null }, START)]);
    const offered = (now: number) =>
      index.find(null, { ...(fc.sample(someAsk, 1)[0] as SearchAsk) }, { by: 'price' }, { take: 0, skip: 0 }, now)
        .offered;
    expect(offered(START + 2 * MINUTE - 1)).toBe(1);
    expect(offered(START + 2 * MINUTE)).toBe(0);
    index.seen('mch_1', START + 2 * MINUTE + 5);
    expect(offered(START + 2 * MINUTE + 5)).toBe(1);
  });
});

describe('its parts', () => {
  it('count and find bits as a loop does', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => {
        const bits = Array.from({ length: 32 }, (_, at) => (word >>> at) & 1);
        expect(popcount(word)).toBe(bits.reduce((sum, bit) => sum + bit, 0));
        if (word !== 0) expect(lowestBit(word)).toBe(bits.indexOf(1));
      }),
    );
  });

  it('bit planes compare numbers as a loop does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(99), fc.nat(1_023)), { maxLength: 200 }),
        fc.integer({ min: 1, max: 1_023 }),
        (puts, least) => {
          const planes = new BitPlanes(10);
          planes.grow(1);
          const values = new Array<number>(100).fill(0);
          for (const [row, value] of puts) {
            planes.put(row, value);
            values[row] = value;
          }
          const into = new Int32Array(CHUNK_WORDS);
          planes.fillAtLeast(least, 0, into);
          values.forEach((value, row) => {
            expect(((into[row >>> 5] as number) >>> (row & 31)) & 1).toBe(value >= least ? 1 : 0);
          });
        },
      ),
    );
  });

  it('an agenda gives the earliest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (times) => {
        const agenda = new Agenda();
        times.forEach((time, row) => {
          agenda.put(row, time);
        });
        const taken = times.map(() => times[agenda.take()]);
        expect(taken).toEqual([...times].sort((a, b) => a - b));
        expect(agenda.next).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('an order of prices stays sorted, whether few or many come and go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.nat(300), { maxLength: 120 }), { minLength: 1, maxLength: 8 }),
        (batches) => {
          const order = new PriceOrder((a, b) => (a % 7) - (b % 7) || a - b);
          let inside: number[] = [];
          for (const batch of batches) {
            const gone = batch.filter((row) => inside.includes(row));
            const come = batch.filter((row) => !inside.includes(row));
            order.remove(gone);
            order.add(come);
            inside = inside.filter((row) => !gone.includes(row)).concat(come);
            expect([...order.rows]).toEqual([...inside].sort((a, b) => (a % 7) - (b % 7) || a - b));
          }
        },
      ),
    );
  });
});
