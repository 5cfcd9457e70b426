import { formatDollars, type Micros, minMicros } from '#lib/base/money.ts';
import { CHARGEBACK_LOSSES, DISPUTED, PROVIDER_CLEARING, renterWallet } from '#lib/ledger/account.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';

export const CHARGEBACK_STATES = ['open', 'won', 'lost'] as const;
export type ChargebackState = (typeof CHARGEBACK_STATES)[number];

/** How a chargeback stands at the provider. */
export type ChargebackFacts = {
  readonly disputeId: string;
  readonly chargeId: string;
  /** `won` only when the money is back. */
  readonly state: ChargebackState;
  /** What was taken from us; zero while a bank only asks. */
  readonly amountMicros: Micros;
  readonly feeMicros: Micros;
  readonly movements: number;
  readonly reason: string;
};

export type Taken = {
  readonly id: string;
  readonly userId: string;
  readonly amountMicros: Micros;
  readonly uncoveredMicros: Micros;
};

/** How much of a chargeback the wallet's free money does not cover. */
export function uncoveredAt(amountMicros: Micros, freeMicros: Micros): Micros {
  return amountMicros - minMicros(amountMicros, freeMicros);
}

/** A bank takes a payment back: from the wallet as far as its free money goes, the rest from the market. Both stand in *disputed*. */
export function takenDrafts({ id, userId, amountMicros, uncoveredMicros }: Taken): TransferDraft[] {
  return moved([
    {
      from: renterWallet(userId),
      to: DISPUTED,
      amountMicros: amountMicros - uncoveredMicros,
      kind: 'chargeback',
      causeId: id,
      key: `chargeback:${id}:wallet`,
    },
    {
      from: CHARGEBACK_LOSSES,
      to: DISPUTED,
      amountMicros: uncoveredMicros,
      kind: 'chargebackLoss',
      causeId: id,
      key: `chargeback:${id}:loss`,
    },
  ]);
}

/** Money that became free covers a part of what the market bears; `uncoveredMicros` is what it bore before. */
export function coverDraft({ id, userId, uncoveredMicros }: Taken, partMicros: Micros): TransferDraft {
  return {
    from: renterWallet(userId),
    to: CHARGEBACK_LOSSES,
    amountMicros: partMicros,
    kind: 'chargebackCover',
    causeId: id,
    key: `chargeback:${id}:cover:${uncoveredMicros}`,
  };
}

/** The bank has decided. Won: all of it goes back to where it came from, what the market bore first. Lost: it is gone; what the market bears it bears until it is covered. */
export function closedDrafts(
  { id, userId, amountMicros, uncoveredMicros }: Taken,
  outcome: 'won' | 'lost',
): TransferDraft[] {
  if (outcome === 'lost')
    return [
      {
        from: DISPUTED,
        to: PROVIDER_CLEARING,
        amountMicros,
        kind: 'chargebackLost',
        causeId: id,
        key: `chargeback:${id}:lost`,
      },
    ];
  return moved([
    {
      from: DISPUTED,
      to: CHARGEBACK_LOSSES,
      amountMicros: uncoveredMicros,
      kind: 'chargebackWon',
      causeId: id,
      key: `chargeback:${id}:won:market`,
    },
    {
      from: DISPUTED,
      to: renterWallet(userId),
      amountMicros: amountMicros - uncoveredMicros,
      kind: 'chargebackWon',
      causeId: id,
      key: `chargeback:${id}:won:wallet`,
    },
  ]);
}

/** A bank that had kept a payment gives it back after all: what the market still bears first, the rest to the wallet. */
export function regainedDrafts({ id, userId, amountMicros, uncoveredMicros }: Taken): TransferDraft[] {
  const regained = { from: PROVIDER_CLEARING, kind: 'chargebackWon', causeId: id } as const;
  return moved([
    { ...regained, to: CHARGEBACK_LOSSES, amountMicros: uncoveredMicros, key: `chargeback:${id}:regained:market` },
    {
      ...regained,
      to: renterWallet(userId),
      amountMicros: amountMicros - uncoveredMicros,
      key: `chargeback:${id}:regained:wallet`,
    },
  ]);
}

/** What a renter is told on the wallet page while something is not covered. */
export function uncoveredSentence(missingMicros: Micros): string {
  return `${formatDollars(missingMicros)} of a payment that a bank took back were spent already. Until you top that up, you cannot book or start anything; what runs goes on.`;
}

function moved(drafts: readonly TransferDraft[]): TransferDraft[] {
  return drafts.filter((draft) => draft.amountMicros > 0n);
}
