import { addSeconds } from '#lib/base/time.ts';
import { countriesOf } from '#lib/catalogue/continent.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { MISFIT_LABELS, MISFITS, type Misfit, nearestTo, whyNever, whyTaken, whyUnwanted } from '#lib/scheduler/fit.ts';
import { ANY_GPU, type Demand, type Machine, WHOLE_GPU_MILLI } from '#lib/scheduler/snapshot.ts';
import { type StandingWish, wholeCost } from './standing-request.ts';
import { limitsFor, type Terms } from './terms.ts';

/** An offer of the market, as a request is held against it. Sizes in bytes. */
export type ServingOffer = {
  readonly listingId: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly hostId: string;
  readonly simulated: boolean;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly freeGpus: number;
  readonly vramBytes: number;
  readonly country: string | null;
  readonly region: string | null;
  readonly trust: (typeof TRUST_TIERS)[number];
  /** Null is "new". */
  readonly reliabilityBasisPoints: number | null;
  readonly priceMicrosPerGpuHour: bigint;
  readonly diskPriceMicrosPerGibMonth: bigint;
  readonly minGpus: number;
  readonly endsAt: Date | null;
  readonly cpuThreads: number;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
};

/** Why an offer cannot serve a request: what the scheduler asks of a machine, and what a renter asks of a market besides. */
export const SERVING_MISFITS = [...MISFITS, 'simulated', 'reliability', 'cap'] as const;
export type ServingMisfit = (typeof SERVING_MISFITS)[number];

export const SERVING_LABELS: Record<ServingMisfit, string> = {
  ...MISFIT_LABELS,
  gpusTaken: 'its GPUs are taken now, or its host’s hours are over',
  tooShort: 'not free for so long, or not rented for so long',
  simulated: 'only simulated',
  reliability: 'less reliable than you ask',
  cap: 'costs more than your cap, with its disk',
};

/** What passes with time: the offer could serve the request when others give it back. */
const PASSING: ReadonlySet<ServingMisfit> = new Set(['gpusTaken', 'cpuTaken', 'memoryTaken', 'diskTaken']);

/** A renter's wish, and the hosts that do not rent to each other. */
export type ServedWish = StandingWish & { readonly blockedHostIds: readonly string[] };

/** The terms that a request would be booked at on an offer: the host's prices, the sizes that were asked for. */
export function termsOn(
  offer: ServingOffer,
  wish: Pick<StandingWish, 'gpuCount' | 'diskBytes'>,
  feeBasisPoints: number,
): Terms {
  const { gpuCount, diskBytes } = wish;
  return {
    priceMicrosPerGpuHour: offer.priceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: offer.diskPriceMicrosPerGibMonth,
    feeBasisPoints,
    gpuCount,
    gpuModel: offer.gpuModel,
    diskBytes,
    limits: limitsFor(offer, gpuCount),
  };
}

/** Why an offer cannot serve a request now, or null where it can. Asked by the look, the page, the host and once more under lock. */
export function whyNotServe(offer: ServingOffer, wish: ServedWish, now: Date): ServingMisfit | null {
  const machine = machineOf(offer);
  const demand = demandOf(wish, now);
  return (
    whyUnwanted(machine, demand) ??
    whyDistrusted(offer, wish) ??
    whyNever(machine, demand) ??
    (isBeyondCap(offer, wish) ? 'cap' : null) ??
    whyTaken(machine.free, demand)
  );
}

/** Whether it is only that others have it now. */
export function isPassing(misfit: ServingMisfit): boolean {
  return PASSING.has(misfit);
}

export type NearOffer = { readonly offer: ServingOffer; readonly lacks: readonly ServingMisfit[] };

/** How a request stands in the market: "why has nothing matched yet?". */
export type StandingReport = {
  /** Offers that are held against it. */
  readonly offered: number;
  /** Those that serve it now, the cheapest first. */
  readonly fitting: readonly ServingOffer[];
  /** Those that would if others did not have them now. */
  readonly taken: number;
  /** How many are out for each reason, the most first; an offer counts for the first that holds. */
  readonly misfits: readonly { readonly misfit: ServingMisfit; readonly offers: number }[];
  /** When none could serve it even if it were free: those that lack the fewest things, and what these are. */
  readonly nearest: readonly NearOffer[];
};

/** An offer that was looked at closer, and why it cannot be booked now after all. */
export type LookedAt = { readonly offer: ServingOffer; readonly misfit: ServingMisfit | null };

/** A report after a closer look at some of what serves: what does not after all counts for its reason. */
export function afterLook(report: StandingReport, looked: readonly LookedAt[]): StandingReport {
  const out = new Map(
    looked.flatMap(({ offer, misfit }) => (misfit === null ? [] : [[offer.listingId, misfit] as const])),
  );
  const counts = new Map(report.misfits.map(({ misfit, offers }) => [misfit, offers]));
  for (const misfit of out.values()) counts.set(misfit, (counts.get(misfit) ?? 0) + 1);
  return {
    ...report,
    fitting: report.fitting.filter(({ listingId }) => !out.has(listingId)),
    taken: report.taken + [...out.values()].filter((misfit) => isPassing(misfit) || misfit === 'tooShort').length,
    misfits: counted(counts),
  };
}

function counted(counts: ReadonlyMap<ServingMisfit, number>): StandingReport['misfits'] {
  return [...counts]
    .map(([misfit, offers]) => ({ misfit, offers }))
    .sort((a, b) => b.offers - a.offers || SERVING_MISFITS.indexOf(a.misfit) - SERVING_MISFITS.indexOf(b.misfit));
}

/** Holds a request against offers; its renter's own machines are none of them. */
export function standingReport(
  offers: readonly ServingOffer[],
  renterId: string,
  wish: ServedWish,
  now: Date,
  most = 3,
): StandingReport {
  const others = offers.filter(({ hostId }) => hostId !== renterId);
  const fitting: ServingOffer[] = [];
  const counts = new Map<ServingMisfit, number>();
  for (const offer of others) {
    const misfit = whyNotServe(offer, wish, now);
    if (misfit === null) fitting.push(offer);
    else counts.set(misfit, (counts.get(misfit) ?? 0) + 1);
  }
  const taken = [...counts].reduce((sum, [misfit, count]) => sum + (isPassing(misfit) ? count : 0), 0);
  return {
    offered: others.length,
    fitting: fitting.sort(cheapest),
    taken,
    misfits: counted(counts),
    nearest: fitting.length > 0 || taken > 0 ? [] : nearestOffers(others, wish, now, most),
  };
}

function nearestOffers(offers: readonly ServingOffer[], wish: ServedWish, now: Date, most: number): NearOffer[] {
  const demand = demandOf(wish, now);
  return (
    offers
      .map((offer) => {
        const lacks: readonly Misfit[] = nearestTo([machineOf(offer)], demand, 1)[0]?.lacks ?? [];
        const distrusted = whyDistrusted(offer, wish);
        const beyond = !lacks.includes('price') && isBeyondCap(offer, wish);
        return {
          offer,
          lacks: [...lacks, ...(distrusted === null ? [] : [distrusted]), ...(beyond ? (['cap'] as const) : [])],
        };
      })
      // A price can be raised; another model is another thing.
      .sort((a, b) => a.lacks.length - b.lacks.length || otherModel(a) - otherModel(b) || cheapest(a.offer, b.offer))
      .slice(0, most)
  );
}

const otherModel = ({ lacks }: NearOffer) => Number(lacks.includes('model'));

function whyDistrusted(offer: ServingOffer, wish: ServedWish): 'simulated' | 'reliability' | null {
  if (wish.realOnly && offer.simulated) return 'simulated';
  const least = wish.leastReliabilityBasisPoints;
  return least !== null && (offer.reliabilityBasisPoints ?? -1) < least ? 'reliability' : null;
}

function isBeyondCap(offer: ServingOffer, wish: ServedWish): boolean {
  return wholeCost(termsOn(offer, wish, 0), wish.durationSeconds) > wish.capMicros;
}

/** What is asked of a machine, for a rental that begins now. */
function demandOf(wish: ServedWish, now: Date): Demand {
  return {
    ...ANY_GPU,
    gpuCount: wish.gpuCount,
    diskBytes: Number(wish.diskBytes),
    models: wish.models.length === 0 ? null : wish.models,
    vramBytesPerGpu: wish.vramGib === null ? 0 : Number(vramFloorBytes(wish.vramGib)),
    regions: countriesOf(wish.regions),
    leastTrust: TRUST_TIERS.indexOf(wish.trust),
    maxPriceMicrosPerGpuHour: wish.maxPriceMicrosPerGpuHour,
    untilMs: addSeconds(now, wish.durationSeconds).getTime(),
    blockedHostIds: wish.blockedHostIds,
  };
}

function machineOf(offer: ServingOffer): Machine {
  const sizes = {
    cpuMilli: offer.cpuThreads * 1_000,
    memoryBytes: offer.memoryBytes,
    diskBytes: offer.diskFreeBytes,
  };
  const gpus = (free: number) => Array.from({ length: offer.gpuCount }, (_, at) => (at < free ? WHOLE_GPU_MILLI : 0));
  return {
    id: offer.machineId,
    hostId: offer.hostId,
    model: offer.gpuModel,
    vramBytesPerGpu: offer.vramBytes,
    region: offer.country,
    trust: TRUST_TIERS.indexOf(offer.trust),
    priceMicrosPerGpuHour: offer.priceMicrosPerGpuHour,
    minGpus: offer.minGpus,
    // An offer's end is one instant after the last at which it can be had.
    freeUntilMs: offer.endsAt === null ? Number.POSITIVE_INFINITY : offer.endsAt.getTime() - 1,
    capacity: { ...sizes, gpuMilli: gpus(offer.gpuCount) },
    free: { ...sizes, gpuMilli: gpus(offer.freeGpus) },
  };
}

/** By price, then by id, so that the same market gives the same choice. */
function cheapest(a: ServingOffer, b: ServingOffer): number {
  if (a.priceMicrosPerGpuHour !== b.priceMicrosPerGpuHour)
    return a.priceMicrosPerGpuHour < b.priceMicrosPerGpuHour ? -1 : 1;
  return a.listingId < b.listingId ? -1 : 1;
}
