/** Who moves money into wallets. The sandbox settles at once, inside the market; one of real money will be asked by errands. */
export type PaymentProvider = {
  readonly name: string;
  /** What every page that takes money says about it; null for a provider of real money. */
  readonly warning: string | null;
};

/** Settles everything at once and moves nothing: for demos and tests, and never by accident in a real market. */
export const SANDBOX: PaymentProvider = {
  name: 'sandbox',
  warning: 'This market runs on a sandbox: no real money is taken, and none is paid out.',
};
