import type { Interval } from '#lib/base/spans.ts';
import { OFFLINE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { reliabilityUntil } from '#lib/catalogue/reliability.ts';

const OFFLINE_AFTER_MS = OFFLINE_AFTER_SECONDS * 1_000;

/**
 * A published listing as the index keeps it: the facts, not what follows from them at some instant. Instants in ms since
 * 1970, amounts in micro-dollars (well below 2^53). Only listings that could be offered while their machine answers are kept.
 */
export type KeptListing = Pick<
  OfferRow,
  | 'listingId'
  | 'machineId'
  | 'machineName'
  | 'hostName'
  | 'simulated'
  | 'gpuModel'
  | 'gpuCount'
  | 'minGpus'
  | 'region'
  | 'country'
  | 'cpuModel'
  | 'cpuThreads'
  | 'memoryBytes'
  | 'diskFreeBytes'
  | 'networkDownBitsPerSecond'
  | 'startMs'
> & {
  readonly hostId: string;
  readonly vramBytes: number;
  readonly priceMicrosPerGpuHour: number;
  readonly diskPriceMicrosPerGibMonth: number;
  readonly endsAt: number | null;
  readonly publishedAt: number;
  readonly lastSyncAt: number;
  /** 0 new, 1 self-tested, 2 checked by staff. */
  readonly tier: number;
  /** Windows in which one of its GPUs is taken, as from, to, from, to …; no GPU is in two at once. */
  readonly taken: readonly number[];
  /** Which of its GPUs each of those windows is of, as numbers from 1. */
  readonly takenOf: readonly number[];
  /** When its host's hours are open, in the same shape; null is always. */
  readonly open: readonly number[] | null;
  /** Spans of offered and of silent time, in the same shape; one that goes on ends at Infinity. */
  readonly offers: readonly number[];
  readonly silences: readonly number[];
};

/** What a listing is at an instant, and until when it stays so by the passing of time alone. */
export type Standing = {
  readonly offered: boolean;
  readonly freeGpus: number;
  readonly basisPoints: number | null;
  /** The first instant at which one of these may be another; Infinity when only news can change them. */
  readonly until: number;
};

/**
 * Judges a listing at `now`, with the last sign of life that is known. One that is not offered stays so until news: a
 * listing that ended does not come back by itself, nor does a machine that is silent.
 */
export function standingAt(listing: KeptListing, lastSyncAt: number, now: number): Standing {
  const offlineAt = lastSyncAt + OFFLINE_AFTER_MS;
  const endsAt = listing.endsAt ?? Number.POSITIVE_INFINITY;
  if (now >= offlineAt || now >= endsAt) {
    return { offered: false, freeGpus: 0, basisPoints: null, until: Number.POSITIVE_INFINITY };
  }
  const { basisPoints, until: pointsUntil } = reliabilityUntil(
    intervalsOf(listing.offers),
    intervalsOf(listing.silences),
    now,
  );
  const hours = hoursAt(listing, now);
  let freeGpus = listing.gpuCount;
  let until = Math.min(offlineAt, endsAt, pointsUntil, hours.until);
  for (let at = 0; at < listing.taken.length; at += 2) {
    const from = listing.taken[at] as number;
    const to = listing.taken[at + 1] as number;
    if (from <= now && now < to) freeGpus -= 1;
    const edge = from > now ? from : to;
    if (edge > now && edge < until) until = edge;
  }
  return { offered: true, freeGpus: hours.open ? freeGpus : 0, basisPoints, until };
}

/** Whether its hours are open, and when that changes. */
function hoursAt({ open }: KeptListing, now: number): { readonly open: boolean; readonly until: number } {
  if (open === null) return { open: true, until: Number.POSITIVE_INFINITY };
  for (let at = 0; at < open.length; at += 2) {
    const from = open[at] as number;
    if (now < from) return { open: false, until: from };
    if (now < (open[at + 1] as number)) return { open: true, until: open[at + 1] as number };
  }
  return { open: false, until: Number.POSITIVE_INFINITY };
}

/**
 * When the next GPU that is taken at `now` comes back at the latest, null when none is taken; outside the host's hours, when
 * they begin again, null when that is not known.
 */
export function nextFreeAt(listing: KeptListing, now: number): number | null {
  const hours = hoursAt(listing, now);
  if (!hours.open) return hours.until === Number.POSITIVE_INFINITY ? null : hours.until;
  let next: number | null = null;
  for (let at = 0; at < listing.taken.length; at += 2) {
    const to = listing.taken[at + 1] as number;
    if ((listing.taken[at] as number) <= now && now < to && (next === null || to < next)) next = to;
  }
  return next;
}

/**
 * Until when so many GPUs that are free at `now` stay so, by what is reserved, the host's hours and the listing's end; null when
 * nothing is known to come, or when so many are not free.
 */
export function freeUntil(listing: KeptListing, gpus: number, now: number): number | null {
  const hours = hoursAt(listing, now);
  if (!hours.open || gpus > listing.gpuCount) return null;
  if (listing.taken.length === 0) return firstOf(hours.until, listing.endsAt);
  const next = new Map<number, number>();
  for (let at = 0; at < listing.taken.length; at += 2) {
    const from = listing.taken[at] as number;
    const gpu = listing.takenOf[at / 2] as number;
    // One that is taken now, that is from the beginning of time on, is not free at all.
    const begins = from <= now && now < (listing.taken[at + 1] as number) ? Number.NEGATIVE_INFINITY : from;
    if (from > now || begins !== from) next.set(gpu, Math.min(next.get(gpu) ?? Number.POSITIVE_INFINITY, begins));
  }
  const free = [...next.values()].filter((begins) => begins !== Number.NEGATIVE_INFINITY);
  const untouched = listing.gpuCount - next.size;
  if (untouched + free.length < gpus) return null;
  // The GPUs that are free longest are given out.
  const until = gpus <= untouched ? Number.POSITIVE_INFINITY : free.sort((a, b) => b - a)[gpus - untouched - 1];
  return firstOf(Math.min(until as number, hours.until), listing.endsAt);
}

function firstOf(until: number, endsAt: number | null): number | null {
  const first = Math.min(until, endsAt ?? Number.POSITIVE_INFINITY);
  return first === Number.POSITIVE_INFINITY ? null : first;
}

function intervalsOf(flat: readonly number[]): Interval[] {
  const intervals: Interval[] = [];
  for (let at = 0; at < flat.length; at += 2) intervals.push([flat[at] as number, flat[at + 1] as number]);
  return intervals;
}
