import { dateWords } from '#lib/base/date-words.ts';
import { formatDollars } from '#lib/base/money.ts';
import { SECOND } from '#lib/base/time.ts';
import type { Finish } from './fit/finish.ts';
import { costRange, gigabytes, roughly } from './fit/words.ts';
import type { OfferRow } from './offer.ts';
import { formatBasisPoints, formatBitsPerSecond, formatBytes } from './quantity.ts';
import { firstShellSeconds, imageBytesOf, USUAL_START_MS } from './rank-key.ts';
import type { SearchAsk } from './search.ts';

/** One thing that an offer is ordered by: what it is, and what this offer has. */
export type RankReason = { readonly by: string; readonly value: string };

/** What nothing in the order depends on, whatever it is. */
export const RANK_PROMISE =
  'Nothing else counts: no payment, no review, and not who you are. Equal offers stand by price, then by their id.';

/** Why an offer stands where it stands: what the search is ordered by, one after another, with its figures. */
export function rankReasons(offer: OfferRow, ask: SearchAsk, finish: Finish | null): readonly RankReason[] {
  const price: RankReason = {
    by: 'Price, the lowest first',
    value: `${formatDollars(offer.priceMicrosPerGpuHour)} per GPU-hour`,
  };
  switch (ask.sort) {
    case 'price':
      return [price];
    case 'vram':
      return [{ by: 'Memory of each GPU, the most first', value: formatBytes(offer.vramBytes) }, price];
    case 'reliability':
      return [
        {
          by: 'Reliability of the last 30 days, the highest first, new ones last',
          value: offer.reliabilityBasisPoints === null ? 'new' : formatBasisPoints(offer.reliabilityBasisPoints),
        },
        price,
      ];
    case 'newest':
      return [{ by: 'When it was listed, the latest first', value: instant(offer.publishedAt) }, price];
    case 'start':
      return [...shellReasons(offer, imageBytesOf(ask)), price];
    case 'cost':
      return [...costReasons(offer, ask, finish), price];
  }
}

function shellReasons(offer: OfferRow, imageBytes: number): RankReason[] {
  const link = offer.networkDownBitsPerSecond;
  return [
    {
      by: 'Time to a first shell, the shortest first',
      value: `about ${roughly(firstShellSeconds(offer, imageBytes))}`,
    },
    {
      by: `An image of ${gigabytes(imageBytes)} over the host’s measured link`,
      value: link === null ? 'not measured: counted as 100 Mbit/s' : formatBitsPerSecond(link),
    },
    {
      by: 'From the pulled image to a shell, measured at its last rentals',
      value:
        offer.startMs === null
          ? `no rental yet: counted as ${roughly(USUAL_START_MS / SECOND)}`
          : roughly(offer.startMs / SECOND),
    },
  ];
}

function costReasons(offer: OfferRow, ask: SearchAsk, finish: Finish | null): RankReason[] {
  if (finish?.costMicros == null)
    return [{ by: 'Cost to finish the job, the lowest first', value: 'the speed of this card is not known: last' }];
  const short = !ask.taken && offer.freeGpus < finish.gpus;
  return [
    {
      by: 'Cost to finish the job, the lowest middle of its range first',
      value: `${costRange(finish.costMicros)} on ${finish.gpus === 1 ? '1 GPU' : `${finish.gpus} GPUs`}`,
    },
    ...(short
      ? [{ by: 'What has too few GPUs free comes last', value: `${offer.freeGpus} of ${finish.gpus} free now` }]
      : []),
  ];
}

function instant(at: Date): string {
  return dateWords('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at);
}
