/** Every kind of account there is: whose it is, and how far down it may go. */
export const ACCOUNT_KINDS = {
  /** A renter's money that is free. */
  renterWallet: { owned: true, floorMicros: 0n },
  /** A renter's money that is set aside for bookings. */
  renterHolds: { owned: true, floorMicros: 0n },
  /** What a host is owed. Below zero when something was refunded after it had been paid out: it is carried. */
  hostPayable: { owned: true, floorMicros: null },
  /** A part of a host's earnings that is kept back for a while, against refunds and chargebacks. */
  hostReserve: { owned: true, floorMicros: 0n },
  /** The platform's share. */
  platformFees: { owned: false, floorMicros: null },
  /** The other side of money that comes from or goes to a payment provider: minus what it keeps for us. */
  providerClearing: { owned: false, floorMicros: null },
  /** On its way out to a card or a bank: the provider was asked and has not confirmed yet. */
  inTransit: { owned: false, floorMicros: 0n },
  /** What the payment provider keeps for its work: minus what it cost. */
  processingCosts: { owned: false, floorMicros: null },
  /** Taxes that were paid with a top-up and are owed to a state. */
  taxes: { owned: false, floorMicros: null },
  /** Money that was spent and then taken back from us by a card's bank: minus what was lost. */
  chargebackLosses: { owned: false, floorMicros: null },
  /** Money that the market gave away: minus what it cost. */
  promotions: { owned: false, floorMicros: null },
  /** Charges that somebody contests, until they are decided. */
  disputed: { owned: false, floorMicros: 0n },
} as const satisfies Record<string, { readonly owned: boolean; readonly floorMicros: bigint | null }>;

export type AccountKind = keyof typeof ACCOUNT_KINDS;

/** An account by what it is for. `ownerId` is null for the market's own. */
export type AccountRef = { readonly kind: AccountKind; readonly ownerId: string | null };

export function renterWallet(renterId: string): AccountRef {
  return { kind: 'renterWallet', ownerId: renterId };
}
export function renterHolds(renterId: string): AccountRef {
  return { kind: 'renterHolds', ownerId: renterId };
}
export function hostPayable(hostId: string): AccountRef {
  return { kind: 'hostPayable', ownerId: hostId };
}
export function hostReserve(hostId: string): AccountRef {
  return { kind: 'hostReserve', ownerId: hostId };
}
export const PLATFORM_FEES: AccountRef = { kind: 'platformFees', ownerId: null };
export const PROVIDER_CLEARING: AccountRef = { kind: 'providerClearing', ownerId: null };
export const IN_TRANSIT: AccountRef = { kind: 'inTransit', ownerId: null };
export const PROCESSING_COSTS: AccountRef = { kind: 'processingCosts', ownerId: null };
export const TAXES: AccountRef = { kind: 'taxes', ownerId: null };
export const CHARGEBACK_LOSSES: AccountRef = { kind: 'chargebackLosses', ownerId: null };
export const DISPUTED: AccountRef = { kind: 'disputed', ownerId: null };
export const PROMOTIONS: AccountRef = { kind: 'promotions', ownerId: null };

/** One text per account, to look it up by. */
export function accountKey(account: AccountRef): string {
  return `${account.kind}:${account.ownerId ?? ''}`;
}

/** Whether an account kind has an owner exactly when it must have one. */
export function isWellOwned(account: AccountRef): boolean {
  return ACCOUNT_KINDS[account.kind].owned === (account.ownerId !== null);
}
