import { secondsBetween } from '#lib/base/time.ts';
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

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** So far ahead nobody plans by the minute. */
const FAR_SECONDS = 7 * 86_400;

/** "free until 28 Nov, 14:00 UTC", of what is over a week away "free until 26 May 2027": when something is known to come, and the GPUs are free now. */
export function sayFreeUntil({ freeUntil }: Pick<OfferRow, 'freeUntil'>, now: Date): string | null {
  if (freeUntil === null) return null;
  if (secondsBetween(now, freeUntil) > FAR_SECONDS) return `free until ${dayWords.format(freeUntil)}`;
  return `free until ${minuteWords.format(freeUntil)} UTC`;
}
