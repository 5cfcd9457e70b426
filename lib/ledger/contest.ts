import type { Micros } from '#lib/base/money.ts';
import { DISPUTED, hostPayable, PLATFORM_FEES, renterWallet } from './account.ts';
import type { TransferDraft } from './transfer.ts';

/** The two parts of a charge: what the host got of it and what the platform got. */
export type Parts = { readonly hostMicros: Micros; readonly feeMicros: Micros };

/** Whose money a dispute is about: what was used, or what giving a reserved window back cost. */
export type Contest = {
  readonly disputeId: string;
  readonly about: 'use' | 'cancellation';
  readonly bookingId: string;
  readonly renterId: string;
  readonly hostId: string;
  readonly parts: Parts;
};

/** What is contested leaves host and platform until it is decided. What the host has may go below zero: it is carried. */
export function contestDrafts({ disputeId, bookingId, hostId, parts }: Contest): TransferDraft[] {
  const about = { to: DISPUTED, bookingId, causeId: disputeId };
  const key = `dispute:${disputeId}:open`;
  return moving([
    { ...about, from: hostPayable(hostId), amountMicros: parts.hostMicros, kind: 'contested', key: `${key}:host` },
    { ...about, from: PLATFORM_FEES, amountMicros: parts.feeMicros, kind: 'feeContested', key: `${key}:fee` },
  ]);
}

/**
 * A decision as transfers: `given` to the renter, in the shares that a refund of the same amount would have now, and the
 * rest back to host and platform, so that nothing is left of what was kept and each ends with exactly its share. Shares
 * follow running totals, so those of the decision can differ by a micro-dollar from those of the contest: then one of the
 * two gives it to the other. What a cancellation cost comes back by kinds of its own: it is no part of a bill of statements.
 */
export function decisionDrafts(contest: Contest, given: Parts, reason: string): TransferDraft[] {
  const { disputeId, bookingId, parts } = contest;
  const about = { bookingId, causeId: disputeId, reason };
  const key = `dispute:${disputeId}`;
  const use = contest.about === 'use';
  const to = renterWallet(contest.renterId);
  const host = hostPayable(contest.hostId);
  const hostBack = parts.hostMicros - given.hostMicros;
  const feeBack = parts.feeMicros - given.feeMicros;
  const owed = (micros: Micros) => (micros < 0n ? -micros : 0n);
  const got = (micros: Micros, other: Micros) => (micros < 0n ? 0n : micros - owed(other));
  return moving([
    {
      ...about,
      from: DISPUTED,
      to,
      amountMicros: given.hostMicros,
      kind: use ? 'refund' : 'cancellationBack',
      key: `${key}:credit:host`,
    },
    {
      ...about,
      from: DISPUTED,
      to,
      amountMicros: given.feeMicros,
      kind: use ? 'feeRefund' : 'cancellationFeeBack',
      key: `${key}:credit:fee`,
    },
    {
      ...about,
      from: DISPUTED,
      to: host,
      amountMicros: got(hostBack, feeBack),
      kind: 'contestedBack',
      key: `${key}:back:host`,
    },
    {
      ...about,
      from: DISPUTED,
      to: PLATFORM_FEES,
      amountMicros: got(feeBack, hostBack),
      kind: 'feeContestedBack',
      key: `${key}:back:fee`,
    },
    {
      ...about,
      from: PLATFORM_FEES,
      to: host,
      amountMicros: owed(feeBack),
      kind: 'contestedBack',
      key: `${key}:even:host`,
    },
    {
      ...about,
      from: host,
      to: PLATFORM_FEES,
      amountMicros: owed(hostBack),
      kind: 'feeContestedBack',
      key: `${key}:even:fee`,
    },
  ]);
}

function moving(drafts: readonly TransferDraft[]): TransferDraft[] {
  return drafts.filter((draft) => draft.amountMicros !== 0n);
}
