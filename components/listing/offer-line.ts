import { finishWords, tooFewWords } from '#components/fit/finish-words.ts';
import { type ReliabilityTone, reliabilityTone } from '#components/machine/reliability-tone.ts';
import { formatDollars } from '#lib/base/money.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { roughly } from '#lib/catalogue/fit/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { PriceWord } from '#lib/catalogue/price-band.ts';
import { formatBasisPoints, formatBitsPerSecond, formatBytes } from '#lib/catalogue/quantity.ts';
import type { OfferExtra } from './offer-extras.ts';
import { sayFree, sayFreeUntil } from './offer-words.ts';

/** A word about an offer: what was checked of it, and what else one should know at a glance. */
export type BadgeWord = TrustTier | 'simulated' | 'yours' | 'late';

/** Where an offer stands in its search, and the tray that it can be put into. */
export type OfferDeeds = Pick<OfferExtra, 'compare' | 'place' | 'reasons'>;

/**
 * What a row says of an offer: words only. Rows are drawn from these on the server and once more where scripts run, so they
 * travel once, and as what differs from row to row.
 */
export type OfferLine = {
  readonly id: string;
  readonly name: string;
  readonly free: readonly string[];
  readonly memory: string;
  readonly place: string;
  readonly machine: string;
  readonly badges: readonly BadgeWord[];
  readonly reliability: string;
  readonly reliabilityTone: ReliabilityTone;
  readonly cpu: string;
  readonly rest: string;
  /** Cost and time of the job of the search, when it has one. */
  readonly finish?: readonly string[];
  /** Where too few of its GPUs are free for the job. */
  readonly tooFew?: string;
  /** To a first shell, where the search goes by that. */
  readonly shell?: string;
  readonly price: string;
  readonly label?: PriceWord;
  readonly deeds?: OfferDeeds;
};

export function badgesOf(offer: Pick<OfferRow, 'trust' | 'simulated' | 'own' | 'health'>): readonly BadgeWord[] {
  return [
    offer.trust,
    ...(offer.simulated ? (['simulated'] as const) : []),
    ...(offer.own ? (['yours'] as const) : []),
    ...(offer.health === 'late' ? (['late'] as const) : []),
  ];
}

export function offerLine(offer: OfferRow, extra: OfferExtra | undefined, now: Date): OfferLine {
  const link = offer.networkDownBitsPerSecond;
  const points = offer.reliabilityBasisPoints;
  const tooFew = tooFewWords(extra?.finish ?? null, offer.freeGpus);
  return {
    id: offer.listingId,
    name: gpuLabel(offer.gpuCount, offer.gpuModel),
    free: [sayFree(offer), sayFreeUntil(offer, now)].filter((line) => line !== null),
    memory: formatBytes(offer.vramBytes),
    place: placeLabel(offer.region, offer.country),
    machine: offer.machineName,
    badges: badgesOf(offer),
    reliability: points === null ? 'new' : formatBasisPoints(points),
    reliabilityTone: reliabilityTone(points),
    cpu: `${offer.cpuThreads} threads`,
    rest: `${formatBytes(offer.memoryBytes)}${link === null ? '' : ` · ${formatBitsPerSecond(link)}`}`,
    ...(extra?.finish !== undefined && { finish: finishWords(extra.finish) }),
    ...(tooFew !== null && { tooFew }),
    ...(extra?.shellSeconds !== undefined && { shell: `about ${roughly(extra.shellSeconds)}` }),
    price: formatDollars(offer.priceMicrosPerGpuHour),
    ...(extra?.label && { label: extra.label.word }),
    ...(extra && { deeds: { compare: extra.compare, place: extra.place, reasons: extra.reasons } }),
  };
}
