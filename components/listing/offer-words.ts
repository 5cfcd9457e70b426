import type { OfferRow } from '#lib/catalogue/offer.ts';

/** "3 of 4 free", "all taken", with how many are rented together. */
export function sayFree(offer: Pick<OfferRow, 'freeGpus' | 'gpuCount' | 'minGpus'>): string {
  const free =
    offer.freeGpus === 0
      ? 'all taken'
      : offer.freeGpus === offer.gpuCount
        ? offer.gpuCount === 1
          ? 'free'
          : 'all free'
        : `${offer.freeGpus} of ${offer.gpuCount} free`;
  return offer.minGpus > 1 ? `${free}, at least ${offer.minGpus} together` : free;
}

const minuteWords = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** "free until 28 Nov, 14:00 UTC": when something is known to come, and the GPUs are free now. */
export function sayFreeUntil(offer: Pick<OfferRow, 'freeUntil'>): string | null {
  if (offer.freeUntil === null) return null;
  return `free until ${minuteWords.format(offer.freeUntil)} UTC`;
}
