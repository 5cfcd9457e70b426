import { HOUR } from '#lib/base/time.ts';

/** The hour in UTC after which the books are compared with the provider's, each night. */
export const NIGHTLY_HOUR = 3;
/** What moved within the last hour waits for the next night: one side may not know it yet. */
export const SETTLING_MS = HOUR;

/** The last nightly instant at or before `now`. */
export function lastNight(now: Date): Date {
  const at = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), NIGHTLY_HOUR);
  return new Date(at <= now.getTime() ? at : at - 24 * HOUR);
}

/** What the operators move themselves between the provider and their bank: it is theirs and in no account of a user. */
export const OWN_MOVEMENTS = ['payout', 'payout_failure', 'payout_cancel', 'topup', 'topup_reversal'] as const;

/**
 * missingHere: the provider moved something that our books do not know · missingThere: our books moved something that the
 * provider does not know · otherAmount: both know it, and differ in how much.
 */
export const DIFFERENCE_KINDS = ['missingHere', 'missingThere', 'otherAmount'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const DIFFERENCE_WORDS: Record<DifferenceKind, string> = {
  missingHere: 'missing here',
  missingThere: 'missing there',
  otherAmount: 'other amount',
};

const NAMES = [
  ['pay_', 'payout'],
  ['top_', 'top-up'],
  ['crf_', 'card refund'],
  ['chb_', 'chargeback'],
] as const;

/** What an admin does about a difference, in a sentence or two. */
export function whatToDo(kind: DifferenceKind, subject: string): string {
  const what = NAMES.find(([prefix]) => subject.startsWith(prefix))?.[1] ?? 'movement';
  switch (kind) {
    case 'missingHere':
      return subject.startsWith('txn_')
        ? `Look up ${subject} at the provider. Somebody moved money there by hand, or it is a fee of theirs: book it, or explain it.`
        : `The provider moved money for this ${what} and we did not record it. Its webhook or sweep may still come; if it is here tomorrow, look at the worker’s log.`;
    case 'missingThere':
      return `We booked this ${what}, and the provider knows nothing of it. Look it up there by our id; if it never happened, it must be booked back.`;
    case 'otherAmount':
      return `Compare this ${what} at the provider with its transfers here: a part was moved by hand, or a fee or reversal is missing on one side. What is really so there: book it.`;
  }
}
