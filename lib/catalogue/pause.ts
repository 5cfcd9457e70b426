import { DAY, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { Block } from './calendar.ts';
import type { ListingState } from './listing.ts';

/** A machine that is away for longer is withdrawn. */
export const LONGEST_PAUSE_DAYS = 90;

/** Until when a machine is paused; null when it is not. It comes back by itself: only the time says so. */
export function pausedUntil(blocks: readonly Block[], now: Date): Date | null {
  return blocks.find((block) => block.kind === 'pause' && block.startsAt <= now && now < block.endsAt)?.endsAt ?? null;
}

/** Why a host cannot pause. What is rented goes on, so that nothing else stands in the way. */
export function whyNotPause(listing: { readonly state: ListingState } | null): WhyNot | null {
  return listing?.state === 'published' ? null : { reason: 'notNow', sentence: 'This machine is not published.' };
}

/** What is wrong with the end of a pause, as a sentence; null when nothing is. */
export function pauseEndProblem(until: Date, now: Date): string | null {
  if (Number.isNaN(until.getTime())) return 'This is no date.';
  if (!isBefore(now, until)) return 'A pause ends in the future.';
  if (until.getTime() - now.getTime() > LONGEST_PAUSE_DAYS * DAY)
    return `A pause lasts at most ${LONGEST_PAUSE_DAYS} days. Withdraw the listing instead.`;
  return null;
}
