import type { Finish } from '#lib/catalogue/fit/finish.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { PriceLabel } from '#lib/catalogue/price-band.ts';
import type { RankReason } from '#lib/catalogue/rank-reasons.ts';

/** What a search says of an offer beside its facts. */
export type OfferExtra = {
  readonly label: PriceLabel | null;
  /** How the job of the search goes on it; undefined when the search has none. */
  readonly finish: Finish | null | undefined;
  /** Seconds to a first shell, where the search goes by that. */
  readonly shellSeconds: number | undefined;
  readonly place: number;
  readonly reasons: readonly RankReason[];
  readonly compare: {
    /** Whether it is in the tray. */
    readonly chosen: boolean;
    /** The address with it put in or taken out; null when the tray is full. */
    readonly href: string | null;
  };
};

export type ExtraOf = (offer: OfferRow, index: number) => OfferExtra;
