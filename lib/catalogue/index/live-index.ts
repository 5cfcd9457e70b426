import { setImmediate as nextTurn } from 'node:timers/promises';
import { theWorld, type World } from '#lib/base/time.ts';
import { LATE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import type { OffersFound, Ranking } from '#lib/catalogue/offer.ts';
import type { SearchAsk } from '#lib/catalogue/search.ts';
import { type Live, live, type Wake } from '#lib/io/live.ts';
import { log } from '#lib/io/log.ts';
import type { KeptListing } from './kept-listing.ts';
import { ListingIndex } from './listing-index.ts';
import { loadListings, publishedMachines, signsOfLife } from './load-listings.ts';

const READ_AT_ONCE = 1_000;
/** News that waits for longer than this is not answered without: the database is asked instead. */
const MOST_BEHIND_MS = 100;
/** A sign of life after a longer pause than this is told by the database (migration 0150); other heartbeats tell nobody. */
export const PAUSE_TOLD_MS = 12_000;
/**
 * The others are read this often. So no machine looks silent for longer than it was by more than 12 + 3 s, which is less than
 * what makes it late; where a reading fails, the answer is left to the database before that can be wrong.
 */
const READ_BEATS_MS = 3_000;
const BEATS_GOOD_FOR_MS = LATE_AFTER_SECONDS * 1_000 - PAUSE_TOLD_MS;
/** Each reading goes back behind the last one by this much: what was committed late, by processes whose clocks differ a little. */
const BEATS_OVERLAP_MS = 5_000;
const ADVANCE_MS = 1_000;
const TRY_AGAIN_MS = 1_000;
/** A clock that was set back by more than this is not followed. */
const MOST_BACK_MS = 1_000;

export type LiveIndex = {
  /** As `findOffers`; null while this process does not know for certain: starting, reconnecting, behind. Then the database is asked. */
  find(
    viewer: { readonly userId: string } | null,
    ask: SearchAsk,
    ranking: Ranking,
    page: { readonly take: number; readonly skip: number },
    now: Date,
  ): OffersFound | null;
  isExact(now: Date): boolean;
  /** Calls back whenever what `find` says may be different: after a rebuild, and after each reading of changes. */
  onChange(listener: () => void): () => void;
  close(): void;
};

/**
 * Keeps a {@link ListingIndex} as exact as its news: subscribes first, then reads everything, then whatever was told to have
 * moved. Readings follow one another, so an older state never overwrites a newer one.
 */
export function liveIndexFrom(news: Live, world: World): LiveIndex {
  let index: ListingIndex | null = null;
  /** Machines that moved and were not read yet, and since when the first of them waits. */
  let moved = new Set<string>();
  let waitingSince: number | null = null;
  /** The same of those that are being read. */
  let readSince: number | null = null;
  let beatsReadAt = Number.NEGATIVE_INFINITY;
  let rebuildNeeded = false;
  let reading = false;
  let closed = false;
  const listeners = new Set<() => void>();

  const heard = (wake: Wake) => {
    if (wake === 'rebuild') rebuildNeeded = true;
    else for (const machineId of wake.moved ?? []) moved.add(machineId);
    if (moved.size > 0) waitingSince ??= performance.now();
    if (rebuildNeeded || moved.size > 0) void read();
  };

  const read = async () => {
    if (reading) return;
    reading = true;
    try {
      while (!closed && (rebuildNeeded || moved.size > 0)) {
        if (rebuildNeeded) await rebuild();
        else await readMoved();
        tell();
      }
    } catch (error) {
      log.warn({ err: error }, 'the index of listings could not be read; searches ask the database');
      index = null;
      readSince = null;
      rebuildNeeded = true;
      later(TRY_AGAIN_MS, () => void read());
    } finally {
      reading = false;
    }
  };

  const tell = () => {
    for (const listener of [...listeners]) {
      try {
        listener();
      } catch (error) {
        log.error({ err: error }, 'a listener of the index failed');
      }
    }
  };

  const rebuild = async () => {
    const began = performance.now();
    index = null;
    rebuildNeeded = false;
    moved = new Set();
    waitingSince = null;
    const now = world.now();
    const listings: KeptListing[] = [];
    for await (const machineIds of publishedMachines(READ_AT_ONCE)) {
      listings.push(...(await loadListings(machineIds, now)));
      if (closed || rebuildNeeded) return;
    }
    // In the order of prices, so that a limit of price cuts through one chunk of rows; and in parts, so that others get a turn.
    listings.sort((a, b) => a.priceMicrosPerGpuHour - b.priceMicrosPerGpuHour || (a.listingId < b.listingId ? -1 : 1));
    const built = new ListingIndex(now.getTime());
    for (let at = 0; at < listings.length; at += READ_AT_ONCE) {
      built.put(listings.slice(at, at + READ_AT_ONCE));
      await nextTurn();
      if (closed || rebuildNeeded) return;
    }
    index = built;
    beatsReadAt = now.getTime();
    log.info({ listings: built.size, ms: Math.round(performance.now() - began) }, 'the index of listings stands');
  };

  const readMoved = async () => {
    const machineIds = [...moved].slice(0, READ_AT_ONCE);
    for (const machineId of machineIds) moved.delete(machineId);
    readSince = waitingSince;
    if (moved.size === 0) waitingSince = null;
    const listings = await loadListings(machineIds, world.now());
    if (rebuildNeeded || index === null) {
      readSince = null;
      return;
    }
    const offered = new Set(listings.map(({ machineId }) => machineId));
    index.remove(machineIds.filter((machineId) => !offered.has(machineId)));
    index.put(listings);
    readSince = null;
  };

  let readingBeats = false;
  const readBeats = async () => {
    if (index === null || readingBeats) return;
    readingBeats = true;
    const now = world.now();
    try {
      const signs = await signsOfLife(new Date(beatsReadAt - BEATS_OVERLAP_MS));
      for (const { id, at } of signs) index?.seen(id, at);
      beatsReadAt = now.getTime();
    } catch (error) {
      log.warn({ err: error }, 'signs of life could not be read; searches ask the database');
    } finally {
      readingBeats = false;
    }
  };

  const timers: NodeJS.Timeout[] = [];
  const later = (ms: number, work: () => void) => {
    if (!closed) setTimeout(() => closed || work(), ms).unref();
  };
  const repeat = (ms: number, work: () => void) => timers.push(setInterval(work, ms).unref());
  repeat(READ_BEATS_MS, () => void readBeats());
  // So that a search after a quiet hour does not do the work of that hour.
  repeat(ADVANCE_MS, () => index?.advance(world.now().getTime()));
  const unsubscribe = news.subscribe(heard);

  const exactAt = (now: Date): ListingIndex | null => {
    if (index === null || rebuildNeeded || !news.isListening()) return null;
    const behindSince = readSince ?? waitingSince;
    if (behindSince !== null && performance.now() - behindSince > MOST_BEHIND_MS) return null;
    if (now.getTime() - beatsReadAt > BEATS_GOOD_FOR_MS) return null;
    return now.getTime() < index.now - MOST_BACK_MS ? null : index;
  };

  return {
    find: (viewer, ask, ranking, page, now) => exactAt(now)?.find(viewer, ask, ranking, page, now.getTime()) ?? null,
    isExact: (now) => exactAt(now) !== null,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      unsubscribe();
      index = null;
    },
  };
}

// Next bundles pages and the start of the process apart, and reloads modules: one index a process.
const home = globalThis as typeof globalThis & { subletListings?: LiveIndex };

/** Begins to keep the index in this process; again is harmless. Processes that never call it ask the database. */
export function startListingIndex(): void {
  home.subletListings ??= liveIndexFrom(live, theWorld);
}

/** This process's index, if it keeps one. */
export function listingIndex(): LiveIndex | undefined {
  return home.subletListings;
}
