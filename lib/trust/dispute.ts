import type { Micros } from '#lib/base/money.ts';
import { formatDollars } from '#lib/base/money.ts';
import { DAY, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

export const DISPUTE_STATES = ['open', 'decided'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** What an admin decides: the renter gets all of what was contested, a part, or nothing. */
export const OUTCOMES = ['full', 'part', 'none'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A charge can be contested for so long after its bill was closed. */
export const CONTEST_DAYS = 7;
/** So long a host has to answer before somebody decides without them. */
export const ANSWER_DAYS = 7;
/** The longest text of a side, in characters. */
export const MOST_CHARACTERS = 4_000;

/** What decides whether a charge may be contested. */
export type ChargeFacts = {
  /** When the bill was closed. */
  readonly settledAt: Date | null;
  readonly chargedMicros: Micros;
  readonly refundedMicros: Micros;
  /** True once a dispute was opened, whatever became of it. */
  readonly contested: boolean;
};

/** What decides what may be done with a dispute. */
export type DisputeFacts = {
  readonly state: DisputeState;
  readonly renterId: string;
  readonly hostId: string;
  readonly answerUntil: Date;
  readonly hostSaidAt: Date | null;
  readonly renterSaidAt: Date | null;
};

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** The most that can be contested of a charge. */
export function contestableMicros(charge: Pick<ChargeFacts, 'chargedMicros' | 'refundedMicros'>): Micros {
  return charge.chargedMicros - charge.refundedMicros;
}

/** Until when a charge can be contested; null while its bill is open. */
export function contestUntil({ settledAt }: Pick<ChargeFacts, 'settledAt'>): Date | null {
  return settledAt === null ? null : new Date(settledAt.getTime() + CONTEST_DAYS * DAY);
}

export function whyNotContest(charge: ChargeFacts, now: Date): WhyNot | null {
  if (charge.contested) return notNow('It was contested already: a charge can be contested once.');
  const until = contestUntil(charge);
  if (until === null)
    return notNow(`The bill is still open. You can contest it for ${CONTEST_DAYS} days after it is closed.`);
  if (!isBefore(now, until))
    return notNow(`A charge can be contested for ${CONTEST_DAYS} days after its bill was closed. They are over.`);
  return contestableMicros(charge) > 0n ? null : notNow('Nothing was charged that did not come back already.');
}

/** What is wrong with an amount that is to be contested, as a sentence, or null. */
export function contestProblem(charge: ChargeFacts, amountMicros: Micros): string | null {
  const most = contestableMicros(charge);
  if (amountMicros <= 0n) return 'Contest an amount above zero.';
  return amountMicros > most
    ? `At most ${formatDollars(most)} can be contested: what was charged and did not come back.`
    : null;
}

/** Which side of a dispute somebody stands on. Whoever rented or hosted is a side, also when they are an admin. */
export function sideOf(dispute: Pick<DisputeFacts, 'renterId' | 'hostId'>, userId: string): 'renter' | 'host' | null {
  if (dispute.renterId === userId) return 'renter';
  return dispute.hostId === userId ? 'host' : null;
}

/** Each side says its own once, until it is decided. */
export function whyNotAnswer(dispute: DisputeFacts, side: 'renter' | 'host'): WhyNot | null {
  if (dispute.state !== 'open') return notNow('It is decided.');
  const saidAt = side === 'host' ? dispute.hostSaidAt : dispute.renterSaidAt;
  return saidAt === null ? null : notNow('You have said your side: it stays as you said it.');
}

/** Decided by an admin who is no party to it, when the host has answered or has had the time to. */
export function whyNotDecide(dispute: DisputeFacts, adminId: string, now: Date): WhyNot | null {
  if (sideOf(dispute, adminId) !== null)
    return { reason: 'forbidden', sentence: 'You are a party to it: another admin decides.' };
  if (dispute.state !== 'open') return notNow('It is decided already.');
  return isDue(dispute, now) ? null : notNow('The host has not answered yet and still has time to.');
}

/** True when it can be decided: the host has answered, or the time for that is over. */
export function isDue(dispute: Pick<DisputeFacts, 'hostSaidAt' | 'answerUntil'>, now: Date): boolean {
  return dispute.hostSaidAt !== null || !isBefore(now, dispute.answerUntil);
}

export type Decision = { readonly outcome: Outcome; readonly givenMicros: Micros };

/** A decision from what an admin says; a sentence where a part is none. `partMicros` counts for `part` only. */
export function decisionOf(outcome: Outcome, amountMicros: Micros, partMicros: Micros | null): Decision | string {
  if (outcome === 'full') return { outcome, givenMicros: amountMicros };
  if (outcome === 'none') return { outcome, givenMicros: 0n };
  if (partMicros === null) return 'Say how much of it the renter gets back.';
  return partMicros > 0n && partMicros < amountMicros
    ? { outcome, givenMicros: partMicros }
    : `A part lies between nothing and ${formatDollars(amountMicros)}: else decide for all or for nothing.`;
}

/** What is wrong with a text of a side, as a sentence, or null. */
export function textProblem(text: string): string | null {
  if (text.trim() === '') return 'Write what happened.';
  return [...text.trim()].length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS} characters.` : null;
}
