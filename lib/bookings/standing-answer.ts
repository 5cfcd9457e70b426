import { formatDollars, type Micros } from '#lib/base/money.ts';
import { isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

export const ANSWER_STATES = ['open', 'withdrawn', 'accepted'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];

/** A host's price holds for as long as the host says, between these. */
export const LEAST_HOLDS_SECONDS = 600;
export const MOST_HOLDS_SECONDS = 7 * 86_400;
/** Open answers to one request at a time. */
export const MOST_ANSWERS = 50;

export type AnswerFacts = { readonly state: AnswerState; readonly expiresAt: Date };

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** What is wrong with a price for a request, and with how long it holds; one sentence a field. */
export function answerProblems(
  answer: { readonly priceMicrosPerGpuHour: Micros; readonly holdsSeconds: number },
  request: { readonly maxPriceMicrosPerGpuHour: Micros },
): Partial<Record<'priceMicrosPerGpuHour' | 'holdsSeconds', string>> {
  const { priceMicrosPerGpuHour: price, holdsSeconds } = answer;
  const holds =
    Number.isInteger(holdsSeconds) && holdsSeconds >= LEAST_HOLDS_SECONDS && holdsSeconds <= MOST_HOLDS_SECONDS;
  return {
    ...(price <= 0n && { priceMicrosPerGpuHour: 'A price is more than $0.' }),
    ...(price > request.maxPriceMicrosPerGpuHour && {
      priceMicrosPerGpuHour: `The renter pays at most ${formatDollars(request.maxPriceMicrosPerGpuHour)} per GPU-hour.`,
    }),
    ...(!holds && { holdsSeconds: 'A price holds for 10 minutes to 7 days.' }),
  };
}

/** Why this answer cannot be accepted any more. */
export function whyNotAccept({ state, expiresAt }: AnswerFacts, now: Date): WhyNot | null {
  if (state === 'accepted') return notNow('This answer is accepted already.');
  if (state === 'withdrawn') return notNow('The host has taken this answer back.');
  return isBefore(now, expiresAt) ? null : notNow('This answer has expired. Ask its host again, or take another one.');
}

/** Why its host cannot take it back. */
export function whyNotWithdrawAnswer({ state, expiresAt }: AnswerFacts, now: Date): WhyNot | null {
  if (state === 'accepted') return notNow('The renter has accepted it already.');
  if (state === 'withdrawn') return notNow('You have taken it back already.');
  return isBefore(now, expiresAt) ? null : notNow('It has expired by itself.');
}
