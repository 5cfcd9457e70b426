import { formatDollars, type Micros } from '#lib/base/money.ts';
import { DAY, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { ANSWER_DAYS, type DisputeState, type Ending, REPLY_DAYS, type Turn } from './dispute.ts';

/**
 * What a side may do in a dispute.
 *
 * - `accept`: the host gives what is asked; the renter takes what was offered. It ends.
 * - `offer`: the host offers less than is asked; the renter asks for less than before. The other side is next.
 * - `answer`: the host says why nothing is owed. The renter is next.
 * - `escalate`: hands it to an admin, who decides.
 * - `withdraw`: the renter takes it back. It ends, and nothing is given.
 * - `say`: adds something; nobody's turn changes.
 */
export const MOVES = ['accept', 'offer', 'answer', 'escalate', 'withdraw', 'say'] as const;
export type Move = (typeof MOVES)[number];

/** How a move is written down: `offer` of a renter is `countered`. The last three are nobody's to choose. */
export const MOVES_TOLD = [
  'opened',
  'recorded',
  'said',
  'offered',
  'countered',
  'answered',
  'escalated',
  'accepted',
  'withdrawn',
  'lapsed',
  'decided',
] as const;
export type MoveTold = (typeof MOVES_TOLD)[number];

/** A step of a dispute: which side did what, and for how much where money was named. */
export type StepTold = {
  readonly side: 'renter' | 'host' | 'staff' | 'market';
  readonly move: MoveTold;
  readonly amountMicros: Micros | null;
};

/** What a step was, as a sentence goes on after whoever did it: "offers $3.00"; after "You" it is "offer $3.00". */
export function stepWords({ side, move, amountMicros }: StepTold, you = false): string {
  const sum = amountMicros === null ? 'it' : formatDollars(amountMicros);
  const does = (verb: string) => (you ? verb : `${verb}s`);
  const words: Readonly<Record<MoveTold, string>> = {
    opened: `${does('contest')} ${sum}`,
    recorded: 'laid down what it recorded',
    said: does('add'),
    offered: `${does('offer')} ${sum}`,
    countered: `would take ${sum}`,
    answered: `${does('answer')} and ${does('offer')} nothing`,
    escalated: `${does('hand')} it to an admin`,
    accepted: side === 'host' ? `${does('give')} ${sum} back` : `${does('take')} ${sum}`,
    withdrawn: `${does('take')} it back`,
    lapsed: 'noted that the time passed',
    decided: `${does('decide')}: ${sum} for the renter`,
  };
  return words[move];
}

export type Side = 'renter' | 'host';

/** What decides who may do what. */
export type TalkFacts = {
  readonly state: DisputeState;
  readonly turn: Turn | null;
  readonly answerUntil: Date;
  /** What the renter would be content with, and what the host offered last. */
  readonly askedMicros: Micros;
  readonly offeredMicros: Micros | null;
  /** When the host moved first. */
  readonly hostSaidAt: Date | null;
  /** How many moves each side made. */
  readonly movesOf: Readonly<Record<Side, number>>;
};

/** Accepting, taking back and handing to an admin is possible however much was said. */
export const MOST_MOVES = 30;
const ENDLESS: ReadonlySet<Move> = new Set(['accept', 'withdraw', 'escalate']);

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** Why a side may not make a move now; null when it may. */
export function whyNotMove(dispute: TalkFacts, side: Side, move: Move, now: Date): WhyNot | null {
  if (dispute.state !== 'open') return notNow('It is decided.');
  if (dispute.movesOf[side] >= MOST_MOVES && !ENDLESS.has(move))
    return notNow(`You have said something ${MOST_MOVES} times. Accept it, or hand it to an admin.`);
  if (move === 'say') return null;
  if (move === 'withdraw') return side === 'renter' ? null : notNow('Only the renter can take it back.');
  if (move === 'answer' && side === 'renter') return notNow('The host answers. You can add something.');
  if (move === 'accept') {
    // The renter's silence takes the offer as well, so it is never too late for that.
    if (side === 'renter' && dispute.offeredMicros === null) return notNow('Nothing was offered.');
    return null;
  }
  if (dispute.turn === 'admin') return notNow('It lies with an admin, who decides.');
  if (dispute.turn !== side)
    return notNow(`The ${dispute.turn === 'host' ? 'host' : 'renter'} is next. You can add something.`);
  if (!isBefore(now, dispute.answerUntil)) return notNow('The time for that is over.');
  if (move === 'escalate' && side === 'host' && dispute.hostSaidAt === null)
    return notNow('Say your side first: answer, or offer something.');
  return null;
}

/** The moves that a side may make now. */
export function movesFor(dispute: TalkFacts, side: Side, now: Date): Move[] {
  return MOVES.filter((move) => whyNotMove(dispute, side, move, now) === null);
}

/** What is wrong with an amount that a side offers, as a sentence, or null. Offers rise, what is asked falls, and they never cross. */
export function offerProblem(dispute: TalkFacts, side: Side, amountMicros: Micros | null): string | null {
  const { askedMicros, offeredMicros } = dispute;
  if (amountMicros === null || amountMicros <= 0n) return 'Write an amount above zero.';
  if (side === 'host') {
    if (amountMicros >= askedMicros) return `${formatDollars(askedMicros)} is what is asked: accept it instead.`;
    return offeredMicros !== null && amountMicros < offeredMicros
      ? `You offered ${formatDollars(offeredMicros)}: an offer does not go down.`
      : null;
  }
  if (offeredMicros !== null && amountMicros <= offeredMicros)
    return `${formatDollars(offeredMicros)} is offered: accept it instead.`;
  return amountMicros >= askedMicros
    ? `You ask for ${formatDollars(askedMicros)}: ask for less, or hand it to an admin.`
    : null;
}

/** How a move changes a dispute, or how it ends it. */
export type Next =
  | {
      readonly told: MoveTold;
      readonly turn: Turn;
      readonly answerUntil: Date;
      readonly askedMicros: Micros;
      readonly offeredMicros: Micros | null;
    }
  | { readonly told: MoveTold; readonly how: Ending; readonly givenMicros: Micros };

/** What comes of a move that {@link whyNotMove} allows. */
export function nextOf(dispute: TalkFacts, side: Side, move: Move, amountMicros: Micros | null, now: Date): Next {
  const { askedMicros, offeredMicros, answerUntil } = dispute;
  const stays = { turn: dispute.turn ?? 'admin', answerUntil, askedMicros, offeredMicros };
  const other = side === 'host' ? 'renter' : 'host';
  const passed = { turn: other, answerUntil: new Date(now.getTime() + REPLY_DAYS * DAY) } as const;
  const amount = amountMicros ?? 0n;
  switch (move) {
    case 'accept':
      return side === 'host'
        ? { told: 'accepted', how: 'hostAccepted', givenMicros: askedMicros }
        : { told: 'accepted', how: 'renterAccepted', givenMicros: offeredMicros ?? 0n };
    case 'withdraw':
      return { told: 'withdrawn', how: 'withdrawn', givenMicros: 0n };
    case 'offer':
      return side === 'host'
        ? { ...stays, ...passed, told: 'offered', offeredMicros: amount }
        : { ...stays, ...passed, told: 'countered', askedMicros: amount };
    case 'answer':
      return { ...stays, ...passed, told: 'answered' };
    case 'escalate':
      return { ...stays, told: 'escalated', turn: 'admin', answerUntil: now };
    case 'say':
      return { ...stays, told: 'said' };
  }
}

/**
 * What comes of a deadline that passed: without a word of the host an admin decides; without one of the renter they get what
 * was offered last, and nothing if nothing was. Null where none passed.
 */
export function lapseOf(dispute: TalkFacts, now: Date): Next | null {
  if (dispute.state !== 'open' || isBefore(now, dispute.answerUntil)) return null;
  const { turn, askedMicros, offeredMicros } = dispute;
  if (turn === 'host') return { told: 'lapsed', turn: 'admin', answerUntil: now, askedMicros, offeredMicros };
  if (turn === 'renter') return { told: 'lapsed', how: 'silence', givenMicros: offeredMicros ?? 0n };
  return null;
}

/** Until when the host may answer a dispute that is opened now. */
export function firstDeadline(now: Date): Date {
  return new Date(now.getTime() + ANSWER_DAYS * DAY);
}
