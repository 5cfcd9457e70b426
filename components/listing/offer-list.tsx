import { pack } from '#components/ui/packed.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { ExtraOf } from './offer-extras.ts';
import { offerLine } from './offer-line.ts';
import { OfferTable, type Sorting } from './offer-table.tsx';

type OfferListProps = {
  offers: readonly OfferRow[];
  caption: string;
  now: Date;
  /** Makes the headers sort: how it is sorted now, and the address for each way. */
  sorting?: Sorting | undefined;
  /** What a search says of each beside its facts. */
  extraOf?: ExtraOf | undefined;
};

/** Offers as a table where there is room; where there is not, the same rows are cards (`offers.css`). */
export function OfferList({ offers, caption, now, sorting, extraOf }: OfferListProps) {
  const lines = offers.map((offer, index) => offerLine(offer, extraOf?.(offer, index), now));
  return <OfferTable caption={caption} sorting={sorting} lines={pack(lines)} />;
}
