import { Refusal } from '#lib/base/refusal.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { db } from '#lib/io/db.ts';
import { type ListingPage, listingPage } from './listing.ts';

/** The offers of a comparison in the order asked for, as their own pages show them; what is not to be seen (any more) is left out. */
export async function offersToCompare(
  viewer: { readonly userId: string; readonly role: string } | null,
  listingIds: readonly string[],
  now: Date,
): Promise<readonly ListingPage[]> {
  const pages = await Promise.all(
    listingIds.map(async (listingId) => {
      try {
        return [await listingPage(viewer, listingId, now)];
      } catch (error) {
        if (error instanceof Refusal && error.reason === 'notFound') return [];
        throw error;
      }
    }),
  );
  return pages.flat();
}

/** What published offers are called, by their ids: for a tray that holds more than the page shows. */
export async function offerNames(listingIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (listingIds.length === 0) return new Map();
  const rows = await db.listing.findMany({
    where: { id: { in: [...listingIds] }, state: 'published', suspendedAt: null },
    select: { id: true, machine: { select: { gpus: { where: { removedAt: null }, select: { model: true } } } } },
  });
  return new Map(
    rows.flatMap(({ id, machine: { gpus } }) => {
      const [first] = gpus;
      return first === undefined ? [] : [[id, gpuLabel(gpus.length, first.model)] as const];
    }),
  );
}
