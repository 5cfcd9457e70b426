/** Who moves money into wallets: the sandbox settles at once, inside the market; one of real money is asked by errands. */
export type PaymentProvider = {
  readonly name: 'sandbox' | 'stripe';
  /** What every page that takes money says about it; null for real money. */
  readonly warning: string | null;
};

/** Settles everything at once and moves nothing: for demos and tests, and never by accident in a real market. */
export const SANDBOX: PaymentProvider = {
  name: 'sandbox',
  warning: 'This market runs on a sandbox: no real money is taken, and none is paid out.',
};

/** Cards through Stripe. */
export const STRIPE: PaymentProvider = { name: 'stripe', warning: null };

/** The same with Stripe's test keys, or with a double of Stripe. */
export const STRIPE_TEST: PaymentProvider = {
  name: 'stripe',
  warning: "This market runs on the payment provider's test mode: no real money is taken, and real cards do not work.",
};
