import { THE_MARKET } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { gpuLabel } from './gpu.ts';
import type { OfferRow } from './offer.ts';
import { searchesToLookAt, type WatchedSearch, watchedOffers } from './queries/saved-searches.ts';
import { askOf, isDue, look } from './saved-search.ts';

const AT_ONCE = 200;
/** A search is looked at no more often than this. */
export const LOOK_SECONDS = 60;

/**
 * Sweep: holds saved searches against the market and tells their owners what appeared or fell below their limit: one notice for
 * each search and interval, however often it runs and by however many workers. What comes while nobody may be told waits. Answers
 * how many it told of.
 */
export async function watchSearches(world: World = theWorld): Promise<number> {
  const searches = await searchesToLookAt(addSeconds(world.now(), -LOOK_SECONDS), AT_ONCE);
  return eachRow('watchSearches', searches, async (search) => {
    const now = world.now();
    const offers = await watchedOffers({ userId: search.ownerId }, askOf(search.query), now);
    return inTransaction('watch search', (tx) => compare(tx, search, offers, now));
  });
}

async function compare(tx: Tx, { id, query }: WatchedSearch, offers: readonly OfferRow[], now: Date): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM saved_searches WHERE id = ${id} FOR UPDATE`;
  const search = await tx.savedSearch.findUnique({ where: { id } });
  // Deleted meanwhile, changed, or looked at by another worker, who knows more than was read here.
  if (search === null || search.query !== query || search.lookedAt > addSeconds(now, -LOOK_SECONDS)) return false;
  if (!isDue(search, now)) {
    await tx.savedSearch.update({ where: { id }, data: { lookedAt: now } });
    return false;
  }
  const { appeared, fell, known } = look(search, search, offers);
  const tells = appeared.length + fell.length > 0;
  await tx.savedSearch.update({
    where: { id },
    data: {
      lookedAt: now,
      seenListingIds: [...known.seenListingIds],
      belowListingIds: [...known.belowListingIds],
      ...(tells ? { toldAt: now } : {}),
    },
  });
  if (!tells) return false;
  const [first] = [...appeared, ...fell].toSorted((a, b) =>
    a.priceMicrosPerGpuHour < b.priceMicrosPerGpuHour ? -1 : a.priceMicrosPerGpuHour > b.priceMicrosPerGpuHour ? 1 : 0,
  );
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'search.matched',
      userId: search.ownerId,
      data: {
        searchId: id,
        name: search.name,
        query,
        appeared: appeared.length,
        fell: fell.length,
        limit: search.belowMicrosPerGpuHour === null ? null : formatDollars(search.belowMicrosPerGpuHour),
        cheapest: first === undefined ? null : gpuLabel(first.gpuCount, first.gpuModel),
        price: first === undefined ? null : formatDollars(first.priceMicrosPerGpuHour),
        mail: search.byMail,
      },
    },
    now,
  );
  return true;
}
