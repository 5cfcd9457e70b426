import { DAY, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

/** What a renter scores, each from 1 to 5. */
export const SCORES = ['asDescribed', 'startUp', 'stability', 'network', 'support', 'value'] as const;
export type ScoreName = (typeof SCORES)[number];
export type Scores = Readonly<Record<ScoreName, number>>;

/** The same as a person reads them. */
export const SCORES_IN_WORDS: Readonly<Record<ScoreName, string>> = {
  asDescribed: 'As described',
  startUp: 'Start-up',
  stability: 'Stability',
  network: 'Network',
  support: 'Support',
  value: 'Value',
};

/** A review is written, and changed, for so long after a rental ended; then it is shown whoever wrote. */
export const REVIEW_DAYS = 14;
/** Its subject replies once, for so long after it is shown. */
export const REPLY_DAYS = 30;
/** A score of so much or less asks for a reason. */
export const LOW_SCORE = 2;
export const MOST_REVIEW_CHARACTERS = 2_000;
export const MOST_REASON_CHARACTERS = 500;
export const MOST_REPLY_CHARACTERS = 1_000;
/** Of fewer reviews no average is shown: one would say more of one rental than of the person. */
export const LEAST_FOR_AVERAGE = 3;

export type ReviewSide = 'renter' | 'host';

/** What decides whether a rental may be reviewed. */
export type ReviewableFacts = {
  readonly renterId: string;
  readonly hostId: string;
  /** First connectable. */
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
};

export type RevealFacts = { readonly revealAt: Date };

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** Until when a rental that ended then can be reviewed, and when its reviews are shown at the latest. */
export function reviewUntil(endedAt: Date): Date {
  return new Date(endedAt.getTime() + REVIEW_DAYS * DAY);
}

/** When a review is shown that is written now: at once when the other side wrote, else when nobody can write any more. */
export function revealAtOf(endedAt: Date, otherWrote: boolean, now: Date): Date {
  return otherWrote ? now : reviewUntil(endedAt);
}

export function isRevealed({ revealAt }: RevealFacts, now: Date): boolean {
  return !isBefore(now, revealAt);
}

/** Why a side cannot write or change its review now; null when it can. `own` is what it wrote already. */
export function whyNotReview(rental: ReviewableFacts, own: RevealFacts | null, now: Date): WhyNot | null {
  if (rental.renterId === rental.hostId) return { reason: 'ownMachine', sentence: 'Nobody reviews themselves.' };
  if (rental.endedAt === null) return notNow('It is not over yet: it can be reviewed when it has ended.');
  if (rental.startedAt === null) return notNow('It was never usable: there is nothing to review.');
  if (own !== null && isRevealed(own, now)) return notNow('It is shown: it stays as you wrote it.');
  return isBefore(now, reviewUntil(rental.endedAt))
    ? null
    : notNow(`A rental can be reviewed for ${REVIEW_DAYS} days after its end. They are over.`);
}

/** What decides whether a review may be replied to. */
export type ReplyFacts = RevealFacts & { readonly reply: string | null; readonly hiddenAt: Date | null };

/** Why the subject of a review cannot reply now; null when they can. */
export function whyNotReply(review: ReplyFacts, now: Date): WhyNot | null {
  if (!isRevealed(review, now)) return notNow('It is not shown yet.');
  if (review.hiddenAt !== null) return notNow('Staff took it out of sight.');
  if (review.reply !== null) return notNow('You have replied: it stays as you said it.');
  return isBefore(now, new Date(review.revealAt.getTime() + REPLY_DAYS * DAY))
    ? null
    : notNow(`A review can be replied to for ${REPLY_DAYS} days. They are over.`);
}

/** A review before it is stored: the scores of its side, and words. */
export type Typed = {
  readonly side: ReviewSide;
  readonly scores: readonly number[];
  readonly reason: string;
  readonly text: string;
};

/** What is wrong with a review, by field; null when nothing is. */
export function reviewProblems({ scores, reason, text }: Typed): { readonly [field: string]: string } | null {
  const long = (value: string, most: number) => [...value.trim()].length > most;
  if (scores.some((score) => !Number.isInteger(score) || score < 1 || score > 5))
    return { scores: 'Each score is a whole number from 1 to 5.' };
  if (scores.some((score) => score <= LOW_SCORE) && reason.trim() === '')
    return { reason: `A score of ${LOW_SCORE} or less asks for a reason: say what went wrong.` };
  if (long(reason, MOST_REASON_CHARACTERS)) return { reason: `At most ${MOST_REASON_CHARACTERS} characters.` };
  if (long(text, MOST_REVIEW_CHARACTERS)) return { text: `At most ${MOST_REVIEW_CHARACTERS} characters.` };
  return `${reason}${text}`.includes('\u0000') ? { text: 'It holds characters that are no text.' } : null;
}

/** How somebody is reviewed: hundredths of a point, as in 4.37 → 437. No average of fewer than {@link LEAST_FOR_AVERAGE}. */
export type Standing = {
  readonly count: number;
  readonly averageHundredths: number | null;
};

/** A standing from a count and the sum of hundredths. Rounded down: nobody is better than they were said to be. */
export function standingOf(count: number, sumHundredths: number): Standing {
  return {
    count,
    averageHundredths: count < LEAST_FOR_AVERAGE ? null : Math.floor(sumHundredths / count),
  };
}
