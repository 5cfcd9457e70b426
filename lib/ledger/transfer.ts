import type { Micros } from '#lib/base/money.ts';
import type { AccountRef } from './account.ts';
import { hostPayable, PLATFORM_FEES, PROMOTIONS, PROVIDER_CLEARING, renterHolds, renterWallet } from './account.ts';

/** Why money moves. A later correction is a new transfer of its own kind: nothing is ever rewritten. */
export const TRANSFER_KINDS = {
  topUp: 'Money paid in',
  promotion: 'Credit given by the market',
  hold: 'Set aside for a booking',
  release: 'Given back from what was set aside',
  capture: 'Paid to the host for use',
  fee: "The platform's share of use",
  cancellation: 'Paid to the host for reserved time that was given back',
  cancellationFee: "The platform's share of that",
  cancellationBack: 'Paid back of what giving reserved time back cost',
  cancellationFeeBack: "The platform's share of that, paid back",
  refund: 'Paid back by the host',
  feeRefund: "The platform's share, paid back",
  payout: 'Set aside for a payout',
  payoutSent: 'Paid out',
  payoutFailed: 'A payout that was refused, back',
  payoutReturned: 'A payout that came back',
  reserve: 'Kept back for a while',
  reserveRelease: 'No longer kept back',
  tax: 'Tax on a payment',
  cardRefund: 'On its way back to your card',
  cardRefundSent: 'Given back to a card',
  cardRefundGiven: 'Given back to a card by the market',
  chargeback: 'Taken back by the bank of a card, until it is decided',
  chargebackLoss: 'Taken back by the bank of a card after it was spent',
  chargebackCover: 'Paid what a bank had taken back',
  chargebackWon: 'Decided for you: the payment is back',
  chargebackLost: 'Decided for the bank: the payment is gone',
  cardRefundBack: 'Came back: the card did not take it',
  processingFee: 'Kept by the payment provider',
  correction: 'Booked by staff, as the payment provider has it',
  contested: 'Contested, and kept until it is decided',
  feeContested: "The platform's share, contested",
  contestedBack: 'Contested, and given back to the host',
  feeContestedBack: "The platform's share, given back",
} as const;
export type TransferKind = keyof typeof TRANSFER_KINDS;

/** A movement of money to be: from one account to another. The same key with the same content moves money once. */
export type TransferDraft = {
  /** Made when it is posted, unless it was made before. */
  readonly id?: string | undefined;
  readonly from: AccountRef;
  readonly to: AccountRef;
  readonly amountMicros: Micros;
  readonly kind: TransferKind;
  readonly key: string;
  readonly bookingId?: string | undefined;
  /** What caused it, by its id: a top-up, a payout, a card refund, a chargeback, a dispute. */
  readonly causeId?: string | undefined;
  /** The first hold of the lease that this belongs to. */
  readonly holdId?: string | undefined;
  readonly reason?: string | undefined;
};

/** What was used under a hold, split between host and platform. */
export type Capture = {
  readonly renterId: string;
  readonly hostId: string;
  readonly bookingId: string;
  readonly holdId: string;
  readonly creditMicros: Micros;
  readonly feeMicros: Micros;
  readonly key: string;
};

/** A capture as transfers. Parts that are zero move nothing. */
export function captureDrafts(capture: Capture): TransferDraft[] {
  const { bookingId, holdId, key } = capture;
  const from = renterHolds(capture.renterId);
  return moved([
    {
      from,
      to: hostPayable(capture.hostId),
      amountMicros: capture.creditMicros,
      kind: 'capture',
      key: `${key}:host`,
      bookingId,
      holdId,
    },
    { from, to: PLATFORM_FEES, amountMicros: capture.feeMicros, kind: 'fee', key: `${key}:fee`, bookingId, holdId },
  ]);
}

/** What giving reserved time back costs, as transfers: from what is held for it, to host and platform. */
export function cancellationDrafts(paid: Capture): TransferDraft[] {
  const { bookingId, holdId, key } = paid;
  const rest = { from: renterHolds(paid.renterId), bookingId, holdId };
  return moved([
    {
      ...rest,
      to: hostPayable(paid.hostId),
      amountMicros: paid.creditMicros,
      kind: 'cancellation',
      key: `${key}:host`,
    },
    { ...rest, to: PLATFORM_FEES, amountMicros: paid.feeMicros, kind: 'cancellationFee', key: `${key}:fee` },
  ]);
}

export type Refund = {
  readonly renterId: string;
  readonly hostId: string;
  readonly bookingId: string;
  readonly hostMicros: Micros;
  readonly feeMicros: Micros;
  readonly reason: string;
  readonly key: string;
};

/** A refund as transfers: host and platform each give back their part of it. */
export function refundDrafts(refund: Refund): TransferDraft[] {
  return backDrafts(refund, ['refund', 'feeRefund']);
}

/** The same of what giving a reserved window back cost. */
export function cancellationBackDrafts(refund: Refund): TransferDraft[] {
  return backDrafts(refund, ['cancellationBack', 'cancellationFeeBack']);
}

function backDrafts(refund: Refund, [ofHost, ofPlatform]: readonly [TransferKind, TransferKind]): TransferDraft[] {
  const { bookingId, reason, key } = refund;
  const to = renterWallet(refund.renterId);
  return moved([
    {
      from: hostPayable(refund.hostId),
      to,
      amountMicros: refund.hostMicros,
      kind: ofHost,
      key: `${key}:host`,
      bookingId,
      reason,
    },
    {
      from: PLATFORM_FEES,
      to,
      amountMicros: refund.feeMicros,
      kind: ofPlatform,
      key: `${key}:fee`,
      bookingId,
      reason,
    },
  ]);
}

export type WalletCredit = {
  readonly userId: string;
  readonly amountMicros: Micros;
  readonly source: 'provider' | 'market';
  readonly causeId?: string | undefined;
  readonly reason?: string | undefined;
  readonly key: string;
};

/** Money for a wallet: paid in through a provider, or given by the market. */
export function creditDraft(credit: WalletCredit): TransferDraft {
  const { userId, source, amountMicros, causeId, reason, key } = credit;
  return {
    from: source === 'provider' ? PROVIDER_CLEARING : PROMOTIONS,
    to: renterWallet(userId),
    amountMicros,
    kind: source === 'provider' ? 'topUp' : 'promotion',
    causeId,
    reason,
    key,
  };
}

function moved(drafts: readonly TransferDraft[]): TransferDraft[] {
  return drafts.filter((draft) => draft.amountMicros !== 0n);
}
