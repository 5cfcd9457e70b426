import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { endBooking } from './end-booking.ts';
import type { SeveralInput } from './schema.ts';
import type { SeveralResult } from './several.ts';
import { stopBooking } from './stop-booking.ts';

/**
 * Stops or ends several bookings of the renter's, each by itself: what is refused of one leaves the others as they were asked.
 * Nothing that costs something for giving reserved time back is done this way. Answers what became of each, in order.
 */
export async function changeSeveral(
  actor: Actor,
  { verb, bookingIds }: SeveralInput,
  world: World = theWorld,
): Promise<SeveralResult[]> {
  const change = verb === 'stop' ? stopBooking : endBooking;
  const results: SeveralResult[] = [];
  for (const bookingId of new Set(bookingIds)) {
    try {
      await change(actor, { bookingId, seenCancellationMicros: 0n }, world);
      results.push({ id: bookingId, done: true, sentence: DONE[verb] });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      results.push({ id: bookingId, done: false, sentence: error.sentence });
    }
  }
  return results;
}

const DONE = {
  stop: 'Stopping. Its disk is kept.',
  end: 'Ending. What was set aside and not used comes back.',
} as const;
