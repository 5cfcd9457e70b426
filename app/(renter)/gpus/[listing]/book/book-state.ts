import type { FormState } from '#components/ui/form-state.ts';
import type { Recap } from '#lib/bookings/booking-typed.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';

/** Besides what every form answers: a price, what is looked at once more, and where else to go when somebody was faster. */
export type Told = {
  readonly priced?: Priced;
  readonly recap?: Recap;
  readonly near?: readonly OfferRow[];
};

/** `told` is a packed {@link Told}: the state of a form that is sent without scripts travels as JSON, which has no bigint. */
export type BookState = FormState & { readonly told?: string };
