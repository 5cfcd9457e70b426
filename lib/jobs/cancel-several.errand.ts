import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import type { SeveralResult } from '#lib/bookings/several.ts';
import { cancelArray } from './cancel-jobs.ts';
import type { CancelSeveralInput } from './schema.ts';

/** Cancels several submissions of the renter's, each by itself. Answers what became of each, in order. */
export async function cancelSeveral(
  actor: Actor,
  { arrayIds }: CancelSeveralInput,
  world: World = theWorld,
): Promise<SeveralResult[]> {
  const results: SeveralResult[] = [];
  for (const arrayId of new Set(arrayIds)) {
    try {
      await cancelArray(actor, { arrayId }, world);
      results.push({ id: arrayId, done: true, sentence: 'Cancelled. Nothing after this moment is billed.' });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      results.push({ id: arrayId, done: false, sentence: error.sentence });
    }
  }
  return results;
}
