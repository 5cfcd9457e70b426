import type { Micros } from '#lib/base/money.ts';

/** The one currency that this market takes, as the provider writes it. */
export const CURRENCY = 'usd';

/** How a payment stands at the provider. */
export type PaymentFacts = {
  readonly intentId: string;
  /** Which top-up it is for, as we told the provider; null: not made by us. */
  readonly topUpId: string | null;
  readonly status: 'paid' | 'waiting' | 'ended';
  readonly currency: string;
  readonly receivedMicros: Micros;
  readonly charge: ChargeFacts | null;
  /** Why the last card did not pay, in the provider's word. */
  readonly declined: string | null;
};

export type ChargeFacts = {
  readonly id: string;
  readonly receiptUrl: string | null;
  readonly cardLabel: string | null;
  /** What of it went back to the card. */
  readonly refundedMicros: Micros;
  /** What the provider kept; null while it has not said so yet. */
  readonly feeMicros: Micros | null;
};

/** How a page of the provider's stands, on which somebody pays or saves a card. */
export type SessionFacts = {
  readonly id: string;
  /** Our row that it belongs to; null: not made by us. */
  readonly ownId: string | null;
  readonly status: 'open' | 'complete' | 'expired';
  readonly url: string | null;
  readonly intentId: string | null;
  readonly setupId: string | null;
};

/**
 * Why the provider did not do what it was asked. `declined`: the card said no. `refused`: the provider did, and would again. `broken`: it failed
 * while it worked, and answers the same under the same key, whatever it did. `unreachable`: nobody knows; ask again under the same key.
 */
export type ProviderFailure = {
  readonly kind: 'declined' | 'refused' | 'broken' | 'unreachable';
  readonly code: string;
  readonly message: string;
};

/** "Visa ending in 4242". */
export function cardLabelOf(
  card: { readonly brand?: string | null; readonly last4?: string | null } | null | undefined,
): string | null {
  if (!card?.last4) return null;
  const brand = card.brand ?? 'card';
  return `${brand.charAt(0).toUpperCase()}${brand.slice(1)} ending in ${card.last4}`;
}
