import { SECOND } from '#lib/base/time.ts';
import { costKey, type FinishOffer, finishOf, UNMEASURED_LINK_BITS_PER_SECOND } from './fit/finish.ts';
import { USUAL_IMAGE_BYTES } from './fit/workload.ts';
import type { SearchAsk, Sort } from './search.ts';

/** What is assumed of a machine that nobody rented yet: from a pulled image to a shell. */
export const USUAL_START_MS = 10 * SECOND;

type Ranked = FinishOffer & { readonly startMs: number | null };

/** From booking until there is a shell: the image over the machine's measured link, then the start that was measured on it. */
export function firstShellSeconds(
  offer: Pick<Ranked, 'networkDownBitsPerSecond' | 'startMs'>,
  imageBytes: number,
): number {
  const link = offer.networkDownBitsPerSecond ?? UNMEASURED_LINK_BITS_PER_SECOND;
  return (imageBytes * 8) / link + (offer.startMs ?? USUAL_START_MS) / SECOND;
}

/** The image that a search counts with. */
export function imageBytesOf(ask: Pick<SearchAsk, 'job'>): number {
  return ask.job?.imageBytes ?? USUAL_IMAGE_BYTES;
}

/** What offers are ordered by where no fact of theirs says it, the least first; null for the other orders. */
export function rankKeyOf(
  sort: Sort,
  ask: Pick<SearchAsk, 'job' | 'gpus' | 'taken'>,
): ((offer: Ranked, freeGpus: number) => number) | null {
  if (sort === 'start') {
    const imageBytes = imageBytesOf(ask);
    return (offer) => firstShellSeconds(offer, imageBytes);
  }
  if (sort !== 'cost' || ask.job === null) return null;
  const finishOn = finishOf(ask.job);
  return (offer, freeGpus) => {
    const finish = finishOn(offer, ask.gpus ?? 1);
    // What has too few GPUs free for the job comes after what can be booked for it.
    return finish !== null && (ask.taken || freeGpus >= finish.gpus) ? costKey(finish) : Number.POSITIVE_INFINITY;
  };
}

/** How a measured start (ms) changes what is known of a machine: the latest weighs three tenths. */
export function startMsAfter(before: number | null, measuredMs: number): number {
  return Math.round(before === null ? measuredMs : 0.7 * before + 0.3 * measuredMs);
}
