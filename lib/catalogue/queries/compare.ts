import { Refusal } from '#lib/base/refusal.ts';
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
