import { formatDollars, type Micros } from '#lib/base/money.ts';
import { whyNotEndByRenter, whyNotStop } from './booking.ts';
import type { RentalRow } from './rental.ts';
import { stoppedCost } from './terms.ts';

/** What can be done with several bookings at once. */
export const SEVERAL_VERBS = ['stop', 'end'] as const;
export type SeveralVerb = (typeof SEVERAL_VERBS)[number];
/** So many at once. */
export const MOST_SEVERAL = 50;

/** What became of one of several. */
export type SeveralResult = {
  readonly id: string;
  readonly done: boolean;
  /** What happened, or why nothing did. */
  readonly sentence: string;
};

/** What doing it to one of several would mean. */
export type Consequence = {
  /** Why it is not possible; null when it is. */
  readonly whyNot: string | null;
  /** What is lost and what it costs from then on. */
  readonly words: string;
  /** What it costs less an hour, in micro-dollars. */
  readonly savesMicrosPerHour: Micros;
};

/** What stopping or ending a booking of the viewer's would mean: for a list before it is done to several. */
export function consequenceOf(verb: SeveralVerb, rental: RentalRow, now: Date): Consequence {
  const facts = { ...rental, atExit: null };
  const { terms, cost } = rental;
  const diskPerHour = stoppedCost(terms, 3_600);
  if (verb === 'stop') {
    const perDay = stoppedCost(terms, 86_400);
    return {
      whyNot: givesBack(rental) ?? whyNotStop(facts, now)?.sentence ?? null,
      words: `Its GPUs go back and its programs end. The disk is kept for ${formatDollars(perDay)} a day.`,
      savesMicrosPerHour: cost.microsPerHour > diskPerHour ? cost.microsPerHour - diskPerHour : 0n,
    };
  }
  return {
    whyNot: givesBack(rental) ?? whyNotEndByRenter(facts)?.sentence ?? null,
    words:
      rental.startedAt === null
        ? 'Nothing was billed; all that was set aside comes back.'
        : `Its disk is deleted. It has cost ${formatDollars(cost.estimatedMicros)}; what is not used of ${formatDollars(cost.heldMicros)} set aside comes back.`,
    savesMicrosPerHour: cost.microsPerHour,
  };
}

/** Reserved time has a price of its own for giving it back, which is looked at one by one. */
function givesBack({ kind, terms, desired }: RentalRow): string | null {
  return kind === 'reserved' && desired === 'running' && terms.cancellation !== undefined
    ? 'Giving reserved time back may cost something: do that on its own page.'
    : null;
}
