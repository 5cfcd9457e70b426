import fc from 'fast-check';
import type { Actor } from '#lib/base/actor.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#lib/base/time.ts';
import { usualWorkload } from '#lib/catalogue/fit/workload.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { type SearchAsk, SORTS } from '#lib/catalogue/search.ts';
import {
  GIB,
  hoursOf,
  listingOf,
  machineOf,
  NOW,
  type SomeListing,
  type SomeMachine,
  spansOf,
  takenBy,
} from './stalls.ts';

const ago = (ms: number) => new Date(NOW.getTime() - ms);
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** A machine with its listing, its history and how many of its GPUs are taken. */
export type Stall = {
  machine: SomeMachine & { gpuCount: number };
  listing: SomeListing;
  offers: { startsAt: Date; endsAt: Date | null }[];
  silences: { startsAt: Date; endsAt: Date | null }[];
  taken: number;
  takenWhen: 'now' | 'before' | 'later';
  hostSuspended: boolean;
  /** When its host's hours are open, in seconds from now; null is always. */
  open: [from: number, until: number][] | null;
};

const past = fc.integer({ min: 0, max: 24 * 40 }).map((hours) => ago(hours * HOUR));
const spans = fc.array(
  fc
    .record({ startsAt: past, hours: fc.integer({ min: 0, max: 300 }), open: fc.boolean() })
    .map(({ startsAt, hours, open }) => ({
      startsAt,
      endsAt: open ? null : new Date(startsAt.getTime() + hours * HOUR),
    })),
  { maxLength: 4 },
);
const seldom = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
export const stall: fc.Arbitrary<Stall> = fc
  .record({
    machine: fc.record({
      gpuCount: fc.integer({ min: 1, max: 4 }),
      model: fc.constantFrom('RTX 4090', 'A100 SXM4', 'RTX 3060'),
      vramBytes: fc.constantFrom(12 * GIB, 24 * GIB - 12_582_912, 40 * GIB, 80 * GIB),
      simulated: fc.boolean(),
      docker: seldom(true, false),
      selfTestPassed: seldom(true, false),
      staffCheckedAt: fc.constantFrom(null, NOW),
      lastSyncAt: seldom<Date | null>(NOW, null, ago(60 * SECOND), ago(119 * SECOND), ago(120 * SECOND), ago(DAY)),
      retiredAt: seldom<Date | null>(null, NOW),
      identityCopiedAt: seldom<Date | null>(null, NOW),
      country: fc.constantFrom(null, 'DE', 'US', 'IS'),
    }),
    listing: fc.record({
      state: seldom<'draft' | 'published' | 'withdrawn'>('published', 'draft', 'withdrawn'),
      priceMicrosPerGpuHour: fc.bigInt({ min: 100_000n, max: 2_000_000n }),
      minGpus: fc.constantFrom(1, 1, 2, 4),
      endsAt: seldom<Date | null>(null, ago(1), NOW, later(1), later(DAY)),
      approvedAt: fc.constantFrom(null, NOW),
      suspendedAt: seldom<Date | null>(null, NOW),
      publishedAt: past,
    }),
    offers: spans,
    silences: spans,
    taken: fc.integer({ min: 0, max: 4 }),
    takenWhen: fc.constantFrom<'now' | 'before' | 'later'>('now', 'now', 'before', 'later'),
    hostSuspended: seldom(false, true),
    open: fc.option(
      fc
        .array(fc.tuple(fc.integer({ min: -90, max: 60 }), fc.integer({ min: 1, max: 60 })), { maxLength: 3 })
        .map((made) => made.map(([from, length]): [number, number] => [from, from + length])),
      { freq: 2 },
    ),
  })
  .map((made) => ({ ...made, taken: Math.min(made.taken, made.machine.gpuCount) }));

export const ask: fc.Arbitrary<SearchAsk> = fc.record({
  models: fc.subarray(['RTX 4090', 'A100 SXM4', 'nothing'], { maxLength: 2 }),
  gpus: fc.option(fc.integer({ min: 1, max: 4 })),
  vramGib: fc.option(fc.constantFrom(12, 24, 40, 80)),
  maxPriceMicrosPerGpuHour: fc.option(fc.bigInt({ min: 100_000n, max: 2_000_000n })),
  countries: fc.subarray(['DE', 'US', 'JP'], { maxLength: 2 }),
  trust: fc.constantFrom(...TRUST_TIERS),
  leastReliabilityBasisPoints: fc.option(fc.constantFrom(0, 5_000, 9_000, 10_000)),
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

export type Placed = Stall & { listingId: string };

/** A machine and its listing. */
export async function offered(host: Actor, machine: SomeMachine = {}, listing: SomeListing = {}) {
  const placed = await machineOf(host, machine);
  return { ...placed, hostId: host.userId, listingId: await listingOf(host, placed.machineId, listing) };
}

/** Puts stalls up, with what stands behind them. */
export async function place(stalls: readonly Stall[], renter: Actor, good: Actor, suspended: Actor): Promise<Placed[]> {
  const market: Placed[] = [];
  for (const it of stalls) {
    const made = await offered(it.hostSuspended ? suspended : good, it.machine, it.listing);
    await spansOf(made.machineId, it);
    const window = {
      now: { from: ago(MINUTE), to: later(HOUR) },
      before: { from: ago(HOUR), to: NOW },
      later: { from: later(1), to: later(HOUR) },
    }[it.takenWhen];
    if (it.open !== null)
      await hoursOf(
        made.machineId,
        it.open.map(([from, until]) => [later(from * SECOND), later(until * SECOND)]),
      );
    if (it.taken > 0) await takenBy(renter, { ...made, gpuIds: made.gpuIds.slice(0, it.taken) }, window);
    market.push({ ...it, listingId: made.listingId });
  }
  return market;
}
