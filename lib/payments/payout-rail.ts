import type { Micros } from '#lib/base/money.ts';
import type { PayoutAccountFacts } from './payout-account.ts';
import type { BankState } from './payout-state.ts';

/** A transfer to a host's account as the provider tells it: how much came back is counted from its beginning. */
export type SeenTransfer = {
  readonly transferId: string;
  /** Our payout's id, which it carries; null for one that we never made. */
  readonly payoutId: string | null;
  readonly amountMicros: Micros;
  readonly returnedMicros: Micros;
};

/** The provider's own payout to a host's bank. */
export type SeenBankPayout = {
  readonly bankPayoutId: string;
  readonly payoutId: string | null;
  readonly bank: Exclude<BankState, 'none'>;
  readonly failure: string | null;
};

/** What a call about one payout needs. A call with a key that was used answers what it answered before. */
export type PayoutCall = {
  readonly payoutId: string;
  readonly amountMicros: Micros;
  readonly accountId: string;
  readonly key: string;
};

/** One movement of our balance at the provider, and whatever it names in connection with it. */
export type SeenMovement = {
  readonly id: string;
  readonly kind: string;
  readonly netMicros: Micros;
  readonly feeMicros: Micros;
  readonly refs: readonly string[];
  readonly at: Date;
};

export type SeenAccount = Omit<PayoutAccountFacts, 'providerAccountId'>;

/** How hosts get an account to be paid to. */
export type AccountRail = {
  /** Opens an account for a host, who hands everything in on the provider's own pages. The same key opens one. */
  readonly openAccount: (call: {
    readonly hostId: string;
    readonly email: string;
    readonly country: string;
    readonly key: string;
  }) => Promise<string>;
  /** Where the host goes on with it: an address for one visit, within minutes. */
  readonly onboardingUrl: (call: {
    readonly accountId: string;
    readonly returnUrl: string;
    readonly refreshUrl: string;
  }) => Promise<string>;
  /** How the account stands now. Also sees to it that money waits there until we pay it on. */
  readonly accountById: (accountId: string) => Promise<SeenAccount>;
};

/** What moved our balance at the provider, a page at a time, newest first. */
export type MovementRail = {
  readonly movements: (ask: {
    readonly from: Date;
    readonly until: Date;
    /** The last id of the page before. */
    readonly after: string | null;
  }) => Promise<{ readonly rows: readonly SeenMovement[]; readonly more: boolean }>;
};

/** How money reaches hosts: the payment provider as payouts need it. Every call may fail, also after it has succeeded. */
export type PayoutRail = {
  /** The transfer of a payout if there is one, however long ago: found by our id, which it carries. */
  readonly findTransfer: (payoutId: string) => Promise<SeenTransfer | null>;
  readonly transfer: (call: PayoutCall) => Promise<SeenTransfer>;
  readonly transferById: (transferId: string) => Promise<SeenTransfer>;
  /** Fetches back whatever has not come back of a transfer. */
  readonly fetchBack: (call: PayoutCall & { readonly transferId: string }) => Promise<SeenTransfer>;
  readonly findBankPayout: (call: Omit<PayoutCall, 'key'>) => Promise<SeenBankPayout | null>;
  readonly payToBank: (call: PayoutCall) => Promise<SeenBankPayout>;
  readonly bankPayoutById: (accountId: string, bankPayoutId: string) => Promise<SeenBankPayout>;
};

/**
 * The provider said no, and meant it. `final`: it would say no again. Otherwise it may say yes later, under a new key: a
 * refused call has used its key up.
 */
export class ProviderRefusal extends Error {
  readonly final: boolean;
  readonly code: string;

  constructor(code: string, message: string, final: boolean) {
    super(message);
    this.name = 'ProviderRefusal';
    this.code = code;
    this.final = final;
  }
}

/** The rail of the sandbox: everything arrives at once, and nothing moves but our books. */
export const SANDBOX_RAIL: PayoutRail = {
  findTransfer: async () => null,
  transfer: async ({ payoutId, amountMicros }) => ({
    transferId: `sandbox_transfer_${payoutId}`,
    payoutId,
    amountMicros,
    returnedMicros: 0n,
  }),
  transferById: async (transferId) => ({ transferId, payoutId: null, amountMicros: 0n, returnedMicros: 0n }),
  fetchBack: async () => {
    throw new Error('the sandbox takes nothing back');
  },
  findBankPayout: async () => null,
  payToBank: async ({ payoutId }) => ({
    bankPayoutId: `sandbox_bank_${payoutId}`,
    payoutId,
    bank: 'paid',
    failure: null,
  }),
  bankPayoutById: async (_, bankPayoutId) => ({ bankPayoutId, payoutId: null, bank: 'paid', failure: null }),
};
