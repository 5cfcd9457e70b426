import type { Micros } from '#lib/base/money.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { EVERYTHING, readSearch, type SearchAsk, searchHref } from './search.ts';

/** Searches that one person keeps. */
export const MOST_SAVED_SEARCHES = 20;
/** Offers of a search that are looked at for its alerts, the cheapest first. */
export const MOST_WATCHED = 1_000;
/** Offers that a saved search remembers as known. */
export const MOST_SEEN = 2_000;

/** How often somebody is told of a search at most. */
export const ALERT_SPANS = [
  [HOUR / 1_000, 'at most once an hour'],
  [DAY / 1_000, 'at most once a day'],
  [(7 * DAY) / 1_000, 'at most once a week'],
] as const;
export const ALERT_SECONDS = [3_600, 86_400, 604_800] as const;

/** What is told of a saved search. */
export type Alerts = {
  readonly tellsNew: boolean;
  readonly belowMicrosPerGpuHour: Micros | null;
  readonly everySeconds: number;
  readonly byMail: boolean;
};

/** A search as it is kept: what it looks for, in the order of the cheapest, from the first page. */
export function queryOf(ask: SearchAsk): string {
  return searchHref({ ...ask, page: 1 }).replace(/^[^?]*\??/, '');
}

/** The search of a kept query. */
export function askOf(query: string): SearchAsk {
  const params: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) params[name] = [...(params[name] ?? []), value];
  return { ...EVERYTHING, ...readSearch(params), page: 1 };
}

/** Why nothing more is saved. */
export function whyNotSaveSearch(saved: number): WhyNot | null {
  return saved < MOST_SAVED_SEARCHES
    ? null
    : { reason: 'notNow', sentence: `At most ${MOST_SAVED_SEARCHES} searches are kept. Delete one first.` };
}

/** An offer as its alerts see it. */
export type WatchedOffer = { readonly listingId: string; readonly priceMicrosPerGpuHour: Micros };

/** What is known of a saved search: offers that were there, and those below its limit at the last look. */
export type Known = { readonly seenListingIds: readonly string[]; readonly belowListingIds: readonly string[] };

export type Look<Offer extends WatchedOffer> = {
  /** Offers that were not there before. */
  readonly appeared: readonly Offer[];
  /** Offers that were above the limit, or not there, and are below it now; not those that are told as new. */
  readonly fell: readonly Offer[];
  readonly known: Known;
};

/**
 * Holds what a search finds now against what is known. What is taken and free again is no news; what rose above the limit and fell
 * again is.
 */
export function look<Offer extends WatchedOffer>(
  alerts: Pick<Alerts, 'tellsNew' | 'belowMicrosPerGpuHour'>,
  known: Known,
  offers: readonly Offer[],
): Look<Offer> {
  const seen = new Set(known.seenListingIds);
  const wasBelow = new Set(known.belowListingIds);
  const limit = alerts.belowMicrosPerGpuHour;
  const below = limit === null ? [] : offers.filter(({ priceMicrosPerGpuHour }) => priceMicrosPerGpuHour < limit);
  const appeared = alerts.tellsNew ? offers.filter(({ listingId }) => !seen.has(listingId)) : [];
  const told = new Set(appeared.map(({ listingId }) => listingId));
  const fell = below.filter(({ listingId }) => !wasBelow.has(listingId) && !told.has(listingId));
  const all = [...new Set([...known.seenListingIds, ...offers.map(({ listingId }) => listingId)])];
  return {
    appeared,
    fell,
    known: {
      // The oldest are forgotten first.
      seenListingIds: all.slice(-MOST_SEEN),
      belowListingIds: below.map(({ listingId }) => listingId).slice(0, MOST_SEEN),
    },
  };
}

/** Whether somebody may be told of a search at `now`. */
export function isDue(search: { readonly toldAt: Date | null; readonly everySeconds: number }, now: Date): boolean {
  return search.toldAt === null || now.getTime() >= search.toldAt.getTime() + search.everySeconds * 1_000;
}
