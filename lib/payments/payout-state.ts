import type { Micros } from '#lib/base/money.ts';
import { hostPayable, IN_TRANSIT, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';

/**
 * asked: the money is set aside and the provider is asked · sent: the provider has moved it to the host's account there ·
 * arrived: the bank has it · failed: the provider refused, nothing left · returning: the bank refused, we fetch it back ·
 * returned: all of it is owed to the host again.
 */
export const PAYOUT_STATES = ['asked', 'sent', 'arrived', 'failed', 'returning', 'returned'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

/** How the provider's payout to the bank stands, in the order in which it can go on: one that was paid may still fail. */
export const BANK_STATES = ['none', 'pending', 'paid', 'failed'] as const;
export type BankState = (typeof BANK_STATES)[number];

/** What is known of a payout. Facts are only ever added to, so news may come late, twice and in any order. */
export type PayoutFacts = {
  readonly amountMicros: Micros;
  /** The provider refused for good, before any money moved. */
  readonly refused: boolean;
  readonly transferId: string | null;
  /** How much came back, in all. */
  readonly returnedMicros: Micros;
  readonly bankPayoutId: string | null;
  readonly bank: BankState;
  readonly failure: string | null;
};

/** Something that was learned about a payout: from an answer, from a webhook, or by looking. */
export type PayoutNews = {
  readonly refused?: boolean;
  readonly transferId?: string;
  readonly returnedMicros?: Micros;
  readonly bankPayoutId?: string;
  readonly bank?: BankState;
  readonly failure?: string | null;
};

/**
 * What is known afterwards: the same, whatever order news comes in and however often. Throws when the news cannot be about
 * this payout: another transfer, more back than went out, money that moved after it was refused.
 */
export function learn(known: PayoutFacts, news: PayoutNews): PayoutFacts {
  const transferId = known.transferId ?? news.transferId ?? null;
  if (news.transferId !== undefined && news.transferId !== transferId) throw new Error('two transfers for one payout');
  const returned = news.returnedMicros ?? 0n;
  if (returned > known.amountMicros) throw new Error('more came back of a payout than went out');
  // An answer that comes after the money has moved is older than the move.
  const refused = known.refused || (news.refused === true && transferId === null);
  if (refused && transferId !== null) throw new Error('a payout moved that had been refused');
  const bank = BANK_STATES.indexOf(news.bank ?? 'none') > BANK_STATES.indexOf(known.bank) ? news.bank : known.bank;
  return {
    amountMicros: known.amountMicros,
    refused,
    transferId,
    returnedMicros: returned > known.returnedMicros ? returned : known.returnedMicros,
    bankPayoutId: known.bankPayoutId ?? news.bankPayoutId ?? null,
    bank: bank ?? known.bank,
    failure: known.failure ?? (refused || bank === 'failed' ? (news.failure ?? null) : null),
  };
}

/** The state that follows from what is known. */
export function payoutState(facts: PayoutFacts): PayoutState {
  if (facts.transferId === null) return facts.refused ? 'failed' : 'asked';
  if (facts.returnedMicros === facts.amountMicros) return 'returned';
  if (facts.bank === 'failed') return 'returning';
  return facts.bank === 'paid' ? 'arrived' : 'sent';
}

/** True while another payout of the same host has to wait. The database holds it: `payouts_one_on_its_way`. */
export function isOnItsWay(state: PayoutState): boolean {
  return state === 'asked' || state === 'sent';
}

/** The first movement of a payout: what is owed is set aside. */
export function askedDraft(payout: Whose, amountMicros: Micros): TransferDraft {
  return {
    from: hostPayable(payout.hostId),
    to: IN_TRANSIT,
    amountMicros,
    kind: 'payout',
    causeId: payout.id,
    key: `payout:${payout.id}:asked`,
  };
}

type Whose = { readonly id: string; readonly hostId: string };

/** The movements that take the books from what was known to what is known now. None when nothing moved. */
export function payoutDrafts(payout: Whose, before: PayoutFacts, after: PayoutFacts): TransferDraft[] {
  const { id, hostId } = payout;
  const owed = hostPayable(hostId);
  const drafts: TransferDraft[] = [];
  const move = (draft: Omit<TransferDraft, 'causeId' | 'key'>, step: string) =>
    drafts.push({ ...draft, causeId: id, key: `payout:${id}:${step}` });
  const amountMicros = after.amountMicros;
  if (before.transferId === null && after.transferId !== null)
    move({ from: IN_TRANSIT, to: PROVIDER_CLEARING, amountMicros, kind: 'payoutSent' }, 'sent');
  if (!before.refused && after.refused)
    move({ from: IN_TRANSIT, to: owed, amountMicros, kind: 'payoutFailed' }, 'failed');
  const back = after.transferId === null ? 0n : after.returnedMicros;
  const backBefore = before.transferId === null ? 0n : before.returnedMicros;
  if (back > backBefore)
    move(
      { from: PROVIDER_CLEARING, to: owed, amountMicros: back - backBefore, kind: 'payoutReturned' },
      `returned:${back}`,
    );
  return drafts;
}

/** The words of a state on a page, and what it means for the host. */
export const PAYOUT_WORDS: Record<PayoutState, { readonly word: string; readonly means: string }> = {
  asked: { word: 'being sent', means: 'The money is set aside and the payment provider is asked to move it.' },
  sent: {
    word: 'on its way',
    means: 'The payment provider has it and pays it to your bank, usually within three days.',
  },
  arrived: { word: 'arrived', means: 'Your bank has it.' },
  failed: { word: 'not sent', means: 'The payment provider refused. Nothing left; you are owed it as before.' },
  returning: {
    word: 'coming back',
    means: 'Your bank did not take it. We fetch it back, so that it can be sent again.',
  },
  returned: { word: 'came back', means: 'It came back whole and is owed to you again.' },
};

/** The words alone. */
export const PAYOUT_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  PAYOUT_STATES.map((state) => [state, PAYOUT_WORDS[state].word]),
);
