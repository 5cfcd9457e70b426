import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import type { Tx } from '#lib/io/db.ts';
import { chooseForWindow } from './choose-for-window.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBookingsOn } from './lock-booking.ts';
import { rentedDiskBytes } from './queries/disk.ts';
import { wishProblems } from './quote.ts';
import { isBlocked, type TakenGpus } from './take-gpus.ts';
import type { Terms } from './terms.ts';

export type WindowWish = {
  readonly renterId: string;
  readonly listingId: string;
  readonly startsAt: Date;
  readonly durationSeconds: number;
  readonly terms: Terms;
};

/**
 * Step: locks an offer and takes GPUs of it for a window that lies ahead, by the rule of `chooseForWindow`; interruptible
 * rentals that would have them then end where it begins. Refuses with what
 * that says, or `badInput`.
 */
export async function takeWindow(tx: Tx, wish: WindowWish, now: Date): Promise<TakenGpus> {
  const offer = await lockOffer(tx, wish.listingId, now);
  if (offer === undefined) throw new Refusal('listingGone');
  const { startsAt, terms } = wish;
  const endsAt = addSeconds(startsAt, wish.durationSeconds);
  const blocked = await isBlocked(tx, offer.hostId, wish.renterId);
  const wanted = { renterId: wish.renterId, gpuCount: terms.gpuCount, blocked, startsAt, endsAt };
  const chosen = chooseForWindow(offer, wanted, now);
  if (chosen.whyNot !== null) {
    const { reason, sentence } = chosen.whyNot;
    const said = reason === 'gpuTaken' ? `${sentence} Nothing was charged.` : sentence;
    throw new Refusal(reason, { freeGpus: chosen.freeGpus }, said);
  }
  const freeDiskBytes = BigInt(offer.diskFreeBytes) - (await rentedDiskBytes(tx, offer.machineId));
  const sizes = { durationSeconds: wish.durationSeconds, diskBytes: terms.diskBytes };
  const problems = wishProblems(sizes, { listingEndsAt: offer.terms.endsAt, freeDiskBytes }, startsAt);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const yielding = chosen.gpus
    .flatMap((gpu) => gpu.yielding)
    .filter((one) => one.startsAt < endsAt && startsAt < one.endsAt);
  const bookingIds = [...new Set(yielding.map(({ bookingId }) => bookingId))];
  for (const booking of await lockBookingsOn(tx, offer.machineId, { bookingIds }))
    await interruptBooking(tx, THE_MARKET, booking, { endsAt: startsAt, yieldsFor: 'reserved' }, now);
  return { offer, gpus: chosen.gpus, startsAt, endsAt };
}
