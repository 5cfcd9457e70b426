import type { FormState } from '#components/ui/form-state.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';

/** What the booking form answers: besides what every form does, a price, and where else to go when somebody was faster. */
export type BookState = FormState & {
  readonly priced?: Priced;
  readonly near?: readonly OfferRow[];
};
