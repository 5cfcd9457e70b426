import { Refusal } from '#lib/base/refusal.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { type Alerts, askOf, MOST_WATCHED } from '#lib/catalogue/saved-search.ts';
import type { SearchAsk } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { firstOffers, searchListings } from './search.ts';

/** A saved search as its owner sees it. */
export type SavedSearchRow = Alerts & {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  readonly toldAt: Date | null;
  readonly createdAt: Date;
  /** Offers that it finds now. */
  readonly offers: number;
};

const SHOWN = {
  id: true,
  name: true,
  query: true,
  tellsNew: true,
  belowMicrosPerGpuHour: true,
  everySeconds: true,
  byMail: true,
  toldAt: true,
  createdAt: true,
} as const;

/** The searches that the viewer keeps, by name, each with how many offers it finds now. */
export async function savedSearches(
  viewer: { readonly userId: string },
  now: Date,
): Promise<readonly SavedSearchRow[]> {
  const rows = await db.savedSearch.findMany({
    where: { ownerId: viewer.userId },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    select: SHOWN,
  });
  return Promise.all(
    rows.map(async (row) => ({ ...row, offers: (await searchListings(viewer, askOf(row.query), now)).total })),
  );
}

/** One of them. What is not the viewer's is not found. */
export async function savedSearch(
  viewer: { readonly userId: string },
  searchId: string,
  now: Date,
): Promise<SavedSearchRow> {
  const row = await db.savedSearch.findFirst({ where: { id: searchId, ownerId: viewer.userId }, select: SHOWN });
  if (row === null) throw new Refusal('notFound');
  return { ...row, offers: (await searchListings(viewer, askOf(row.query), now)).total };
}

/** What the alerts of a search look at: the cheapest of what it finds, without the owner's own machines. */
export async function watchedOffers(
  owner: { readonly userId: string },
  ask: SearchAsk,
  now: Date,
): Promise<readonly OfferRow[]> {
  return (await firstOffers(owner, ask, MOST_WATCHED, now)).filter(({ own }) => !own);
}

/** A saved search that tells something, and whose last look is older than `before`. */
export type WatchedSearch = { readonly id: string; readonly ownerId: string; readonly query: string };

/** Searches to be looked at, those that wait for longest first; nobody's who is suspended. */
export async function searchesToLookAt(before: Date, take: number): Promise<readonly WatchedSearch[]> {
  return db.savedSearch.findMany({
    where: {
      lookedAt: { lt: before },
      OR: [{ tellsNew: true }, { belowMicrosPerGpuHour: { not: null } }],
      owner: { suspendedAt: null },
    },
    orderBy: [{ lookedAt: 'asc' }, { id: 'asc' }],
    take,
    select: { id: true, ownerId: true, query: true },
  });
}
