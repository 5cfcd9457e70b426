import type { Micros } from '#lib/base/money.ts';
import { formatDollars } from '#lib/base/money.ts';
import { DAY, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

export const DISPUTE_STATES = ['open', 'decided'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** How a dispute stands, where nothing more of it is shown. */
export const DISPUTE_WORDS: Readonly<Record<DisputeState, string>> = { open: 'not over yet', decided: 'over' };

/** Which charge of a booking a dispute is about: what was used, or what giving a reserved window back cost. */
export const ABOUTS = ['use', 'cancellation'] as const;
export type About = (typeof ABOUTS)[number];

/** Whose move a dispute waits for. */
export const TURNS = ['host', 'renter', 'admin'] as const;
export type Turn = (typeof TURNS)[number];

/** What the renter got: all of what was contested, a part, or nothing. */
export const OUTCOMES = ['full', 'part', 'none'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a dispute ended: an admin decided, a side accepted, the renter let a deadline pass or took it back. */
export const ENDINGS = ['admin', 'hostAccepted', 'renterAccepted', 'silence', 'withdrawn'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A charge can be contested for so long after its bill was closed. */
export const CONTEST_DAYS = 7;
/** Another part of it for so long after an earlier dispute about it ended, if that is later. */
export const AGAIN_DAYS = 3;
/** So many disputes about one charge, one after the other. */
export const MOST_DISPUTES = 5;
/** So long a host has to answer before somebody decides without them. */
export const ANSWER_DAYS = 7;
/** So long each side has for each move after that. */
export const REPLY_DAYS = 3;
/** The longest text of a move, in characters. */
export const MOST_CHARACTERS = 4_000;

/** Disputes about the same charge that there were before. */
export type EarlierDispute = {
  readonly state: DisputeState;
  readonly amountMicros: Micros;
  /** Null while it is open. */
  readonly givenMicros: Micros | null;
  readonly decidedAt: Date | null;
};

/** What decides whether a charge may be contested. */
export type ChargeFacts = {
  readonly about: About;
  /** When the bill was closed. */
  readonly settledAt: Date | null;
  /** What was charged, and what of it came back. */
  readonly chargedMicros: Micros;
  readonly refundedMicros: Micros;
  readonly earlier: readonly EarlierDispute[];
};

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** The most that can be contested of a charge: what did not come back, without what was contested before. No money is contested twice. */
export function contestableMicros({ chargedMicros, refundedMicros, earlier }: ChargeFacts): Micros {
  return earlier.reduce(
    (left, { amountMicros, givenMicros }) => left - amountMicros + (givenMicros ?? 0n),
    chargedMicros - refundedMicros,
  );
}

/** Until when a charge can be contested; null while its bill is open. */
export function contestUntil({ settledAt, earlier }: Pick<ChargeFacts, 'settledAt' | 'earlier'>): Date | null {
  if (settledAt === null) return null;
  const ends = earlier.flatMap(({ decidedAt }) => (decidedAt === null ? [] : decidedAt.getTime() + AGAIN_DAYS * DAY));
  return new Date(Math.max(settledAt.getTime() + CONTEST_DAYS * DAY, ...ends));
}

export function whyNotContest(charge: ChargeFacts, now: Date): WhyNot | null {
  const { earlier } = charge;
  if (earlier.some(({ state }) => state === 'open'))
    return notNow('A part of it is contested now: one dispute about a charge at a time.');
  if (earlier.length >= MOST_DISPUTES) return notNow(`A charge can be contested ${MOST_DISPUTES} times at most.`);
  const until = contestUntil(charge);
  if (until === null)
    return notNow(`The bill is still open. You can contest it for ${CONTEST_DAYS} days after it is closed.`);
  if (!isBefore(now, until))
    return notNow(
      earlier.length === 0
        ? `A charge can be contested for ${CONTEST_DAYS} days after its bill was closed. They are over.`
        : `The rest of a charge can be contested for ${AGAIN_DAYS} days after a dispute about it ended. They are over.`,
    );
  if (contestableMicros(charge) > 0n) return null;
  return notNow(
    earlier.length === 0
      ? 'Nothing was charged that did not come back already.'
      : 'All that was charged came back or was contested already: no money is contested twice.',
  );
}

/** What is wrong with an amount that is to be contested, as a sentence, or null. */
export function contestProblem(charge: ChargeFacts, amountMicros: Micros): string | null {
  const most = contestableMicros(charge);
  if (amountMicros <= 0n) return 'Contest an amount above zero.';
  return amountMicros > most
    ? `At most ${formatDollars(most)} can be contested: what was charged, did not come back and was not contested before.`
    : null;
}

/** Which side of a dispute somebody stands on. Whoever rented or hosted is a side, also when they are an admin. */
export function sideOf(
  dispute: { readonly renterId: string; readonly hostId: string },
  userId: string,
): 'renter' | 'host' | null {
  if (dispute.renterId === userId) return 'renter';
  return dispute.hostId === userId ? 'host' : null;
}

/** What decides whether an admin may decide. */
export type DecidableFacts = {
  readonly state: DisputeState;
  readonly turn: Turn | null;
  readonly renterId: string;
  readonly hostId: string;
  readonly answerUntil: Date;
};

/** Decided by an admin who is no party to it, when it was handed to one or the host let the time to answer pass. */
export function whyNotDecide(dispute: DecidableFacts, adminId: string, now: Date): WhyNot | null {
  if (sideOf(dispute, adminId) !== null)
    return { reason: 'forbidden', sentence: 'You are a party to it: another admin decides.' };
  if (dispute.state !== 'open') return notNow('It is decided already.');
  if (dispute.turn === 'admin') return null;
  const late = !isBefore(now, dispute.answerUntil);
  if (dispute.turn === 'renter')
    return notNow(
      late ? 'The renter let the time pass: it ends by itself in a moment.' : 'The renter is to move, and has time to.',
    );
  return late ? null : notNow('The host has not answered yet and still has time to.');
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

/** What giving so much of an amount is called. */
export function outcomeOf(givenMicros: Micros, amountMicros: Micros): Outcome {
  if (givenMicros === 0n) return 'none';
  return givenMicros === amountMicros ? 'full' : 'part';
}

/** What is wrong with a text of a side, as a sentence, or null. */
export function textProblem(text: string): string | null {
  if (text.trim() === '') return 'Write what happened.';
  return [...text.trim()].length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS} characters.` : null;
}
