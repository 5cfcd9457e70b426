import * as z from 'zod';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';

/** Why a payout waits before it leaves: something about the account looks risky, or it is suspended. */
export const HOLD_CAUSES = ['flagged', 'suspended'] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

export const HOLD_WORDS: Record<HoldCause, string> = {
  flagged: 'Something about the account looks risky, and nobody has cleared it yet',
  suspended: 'The account was suspended after the payout was asked for',
};

/** release: it goes on as asked. stop: the money is owed to the host again, and nothing left. */
export const decideHeldPayoutInput = z.object({
  payoutId: z.string().min(1).max(64),
  outcome: z.enum(['release', 'stop'], 'Choose an outcome.'),
  reason: z.string('Give a reason.').trim().min(1, 'Write a reason.').max(500, 'Write at most 500 characters.'),
  seen: seenFacts,
});
export type DecideHeldPayoutInput = Omit<z.output<typeof decideHeldPayoutInput>, 'seen'> & {
  readonly seen?: CaseFacts | undefined;
};

/** Why a payout is held before it is asked for at the provider; null: it goes on. What was tried already may have moved: it is never held. */
export function whyHold(payout: {
  readonly tried: boolean;
  readonly hostSuspended: boolean;
  readonly hostFlagged: boolean;
}): HoldCause | null {
  if (payout.tried) return null;
  if (payout.hostSuspended) return 'suspended';
  return payout.hostFlagged ? 'flagged' : null;
}

/** Why an admin cannot decide about a payout that is held. */
export function whyNotDecideHold(hold: { readonly state: string }, hostId: string, adminId: string): WhyNot | null {
  if (hostId === adminId) return { reason: 'forbidden', sentence: 'This payout is your own: another admin decides.' };
  return hold.state === 'held' ? null : { reason: 'notNow', sentence: 'This payout waits no longer.' };
}
