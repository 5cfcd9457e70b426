import type { FormState } from '#components/ui/form-state.ts';
import type { StandingReport } from '#lib/bookings/standing-fit.ts';

/** Besides what every form answers: how the request would stand in the market. */
export type Told = { readonly report?: StandingReport };

/** `told` is a packed {@link Told}: the state of a form that is sent without scripts travels as JSON, which has no bigint. */
export type RequestFormState = FormState & { readonly told?: string };
