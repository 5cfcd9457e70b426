import { TONE_LOOK } from '#components/ui/badge.tsx';
import { cn } from '#components/ui/cn.ts';
import type { PriceWord } from '#lib/catalogue/price-band.ts';
import { explainHref } from './offer-hrefs.ts';

const LOOKS = {
  low: ['good', 'Low price'],
  typical: ['neutral', 'Typical price'],
  high: ['warn', 'High price'],
} as const satisfies Record<PriceWord, unknown>;

/** What a price label looks like and says; `leads` where it leads to its arithmetic. */
export function priceLook(word: PriceWord, leads: boolean): readonly [className: string, words: string] {
  const [tone, words] = LOOKS[word];
  return [cn('badge', TONE_LOOK[tone], leads && 'price-link'), words];
}

/** A price label in a list of offers: a link to its arithmetic. Stands in SoftLinks. */
export function PriceTag({ word, listingId }: { word: PriceWord; listingId: string }) {
  const [look, words] = priceLook(word, true);
  return (
    <a
      href={explainHref(listingId)}
      className={cn(look, `sign sign-${word}`)}
      aria-label={`${words}: explain this price`}
    >
      {words}
    </a>
  );
}
