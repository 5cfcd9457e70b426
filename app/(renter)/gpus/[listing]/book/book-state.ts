import type { FormState } from '#components/ui/form-state.ts';
import type { Micros } from '#lib/base/money.ts';
import type { Priced } from '#lib/bookings/priced.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';

/** What was typed and is right, to be looked at once more. Secrets are not among it. */
export type Review = {
  readonly image: string;
  /** Empty: it is taken from the image. */
  readonly name: string;
  readonly command: readonly string[] | null;
  /** The names of the environment's variables. */
  readonly variables: readonly string[];
  readonly capMicros: Micros | null;
  /** The typed SSH key is added to the account when it is booked. */
  readonly newKey: boolean;
};

/** Besides what every form answers: a price, what is reviewed, and where else to go when somebody was faster. */
export type Told = {
  readonly priced?: Priced;
  readonly review?: Review;
  readonly near?: readonly OfferRow[];
};

/** `told` is a packed {@link Told}: the state of a form that is sent without scripts travels as JSON, which has no bigint. */
export type BookState = FormState & { readonly told?: string };
