import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest, isBefore } from '#lib/base/time.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { allowPutOut } from './allow-put-out.ts';
import { chooseGpus } from './free-gpus.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBookingsOn } from './lock-booking.ts';
import { wishProblems } from './quote.ts';
import { SHORTEST_SECONDS, type Terms } from './terms.ts';

export type GpuWish = {
  readonly renterId: string;
  readonly durationSeconds: number | null;
  readonly terms: Terms;
  /** True for a rental that is started again: its disk is there, and rules made for new bookings do not bind it. */
  readonly again: boolean;
};

/** GPUs that an offer has for a wish. */
export type TakenGpus = {
  readonly gpus: readonly { readonly id: string; readonly uuid: string }[];
  /** Now, or when those who had them and yield are gone. */
  readonly startsAt: Date;
  /** When they go back at the latest. */
  readonly endsAt: Date;
};

/** The same before anybody was told to yield. */
export type ChosenGpus = TakenGpus & {
  /** Interruptible rentals that have them, by booking, and for what they yield. */
  readonly yielding: readonly string[];
  readonly yieldsFor: 'onDemand' | 'reserved';
};

/**
 * Step: takes GPUs of an offer that is locked, by the rule of {@link gpusFor}; interruptible rentals that have them are told that
 * they yield, and whoever takes them is noted by `notePutOut`. Refuses with what that says, or `putOutInVain`.
 */
export async function takeGpus(tx: Tx, offer: StandingOffer, wish: GpuWish, now: Date): Promise<ChosenGpus> {
  const chosen = gpusFor(offer, wish, now);
  await clearTheWay(tx, { machineId: offer.machineId, renterId: wish.renterId }, chosen, now);
  return chosen;
}

/** Step: tells those who yield to what a renter chose on a machine that is locked. Refuses with `putOutInVain`. */
export async function clearTheWay(
  tx: Tx,
  { machineId, renterId }: { readonly machineId: string; readonly renterId: string },
  chosen: ChosenGpus,
  now: Date,
): Promise<void> {
  const { startsAt, yieldsFor } = chosen;
  if (chosen.yielding.length === 0) return;
  const yielding = await lockBookingsOn(tx, machineId, { bookingIds: chosen.yielding });
  await allowPutOut(tx, renterId, now);
  for (const booking of yielding) await interruptBooking(tx, THE_MARKET, booking, { endsAt: startsAt, yieldsFor }, now);
}

/**
 * GPUs of an offer for a rental from now on, or from when those who yield are gone, by the rule of `chooseGpus`. Refuses with what
 * that says, `badInput`, or `gpuTaken` and until when.
 */
export function gpusFor(offer: StandingOffer, wish: GpuWish, now: Date): ChosenGpus {
  const { gpuCount } = wish.terms;
  const blocked = !wish.again && offer.blockedRenterIds.includes(wish.renterId);
  const noticeSeconds = env().interruptionNoticeSeconds;
  const chosen = chooseGpus(offer, { ...wish, gpuCount, blocked, noticeSeconds }, now);
  if (chosen.whyNot !== null) {
    const { reason, sentence } = chosen.whyNot;
    const said = reason === 'gpuTaken' && !wish.again ? `${sentence} Nothing was charged.` : sentence;
    throw new Refusal(reason, { freeAt: chosen.freeAt?.toISOString() ?? null, freeGpus: chosen.freeGpus }, said);
  }
  const { gpus, startsAt, endsAt, closesAt } = chosen;
  const freeDiskBytes = wish.again ? wish.terms.diskBytes : BigInt(offer.diskFreeBytes) - offer.rentedDiskBytes;
  const problems = wishProblems(
    { durationSeconds: wish.durationSeconds, diskBytes: wish.terms.diskBytes },
    { listingEndsAt: earliest(offer.terms.endsAt, closesAt) ?? null, freeDiskBytes },
    now,
  );
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  // Clocks of two processes differ by moments: what begins within them was taken.
  if (wish.durationSeconds !== null && isBefore(endsAt, addSeconds(startsAt, SHORTEST_SECONDS)))
    throw new Refusal('gpuTaken', { freeUntil: endsAt.toISOString() });
  if (wish.durationSeconds !== null && isBefore(endsAt, addSeconds(startsAt, wish.durationSeconds)))
    throw new Refusal(
      'gpuTaken',
      { freeUntil: endsAt.toISOString() },
      'The GPUs are free, but not for so long: somebody else has them after that. Take a shorter time.',
    );
  return { gpus, startsAt, endsAt, yielding: chosen.yielding, yieldsFor: 'onDemand' };
}
