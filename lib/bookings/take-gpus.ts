import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest, isBefore } from '#lib/base/time.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { chooseGpus } from './free-gpus.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBookingsOn } from './lock-booking.ts';
import { rentedDiskBytes } from './queries/disk.ts';
import { wishProblems } from './quote.ts';
import type { Terms } from './terms.ts';

export type GpuWish = {
  readonly renterId: string;
  readonly listingId: string;
  readonly durationSeconds: number | null;
  readonly terms: Terms;
  /** True for a rental that is started again: its disk is there, and rules made for new bookings do not bind it. */
  readonly again: boolean;
};

export type TakenGpus = {
  readonly offer: StandingOffer;
  readonly gpus: readonly { readonly id: string; readonly uuid: string }[];
  /** Now, or when those who had them and yield are gone. */
  readonly startsAt: Date;
  /** When they go back at the latest. */
  readonly endsAt: Date;
};

/**
 * Step: locks an offer and takes GPUs of it, by the rule of `chooseGpus`; interruptible rentals that have them are told that
 * they yield. Refuses with what that says, `badInput`, or
 * `gpuTaken` and until when.
 */
export async function takeGpus(tx: Tx, wish: GpuWish, now: Date): Promise<TakenGpus> {
  const offer = await lockOffer(tx, wish.listingId, now);
  if (offer === undefined) throw new Refusal('listingGone');
  const { gpuCount } = wish.terms;
  const blocked = !wish.again && (await isBlocked(tx, offer.hostId, wish.renterId));
  const noticeSeconds = env().interruptionNoticeSeconds;
  const chosen = chooseGpus(offer, { ...wish, gpuCount, blocked, noticeSeconds }, now);
  if (chosen.whyNot !== null) {
    const { reason, sentence } = chosen.whyNot;
    const said = reason === 'gpuTaken' && !wish.again ? `${sentence} Nothing was charged.` : sentence;
    throw new Refusal(reason, { freeAt: chosen.freeAt?.toISOString() ?? null, freeGpus: chosen.freeGpus }, said);
  }
  const { gpus, startsAt, endsAt, closesAt } = chosen;
  const freeDiskBytes = wish.again
    ? wish.terms.diskBytes
    : BigInt(offer.diskFreeBytes) - (await rentedDiskBytes(tx, offer.machineId));
  const problems = wishProblems(
    { durationSeconds: wish.durationSeconds, diskBytes: wish.terms.diskBytes },
    { listingEndsAt: earliest(offer.terms.endsAt, closesAt) ?? null, freeDiskBytes },
    now,
  );
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  if (wish.durationSeconds !== null && isBefore(endsAt, addSeconds(startsAt, wish.durationSeconds)))
    throw new Refusal(
      'gpuTaken',
      { freeUntil: endsAt.toISOString() },
      'The GPUs are free, but not for so long: somebody else has them after that. Take a shorter time.',
    );
  for (const booking of await lockBookingsOn(tx, offer.machineId, { bookingIds: chosen.yielding }))
    await interruptBooking(tx, THE_MARKET, booking, { endsAt: startsAt, yieldsFor: 'onDemand' }, now);
  return { offer, gpus, startsAt, endsAt };
}

/** Step: whether a host does not rent to a renter. */
export async function isBlocked(tx: Tx, hostId: string, renterId: string): Promise<boolean> {
  const block = await tx.renterBlock.findUnique({
    where: { hostId_renterId: { hostId, renterId } },
    select: { id: true },
  });
  return block !== null;
}
