import { addSeconds, isBefore } from '#lib/base/time.ts';
import { standingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { chooseGpus } from '../free-gpus.ts';
import type { LookedAt, ServingMisfit, ServingOffer } from '../standing-fit.ts';
import type { StandingWish } from '../standing-request.ts';

export type LookWish = Pick<StandingWish, 'gpuCount' | 'diskBytes' | 'durationSeconds'> & {
  readonly renterId: string;
  readonly startBy: Date;
};

/**
 * Looks closer at offers that serve a request, one after the other until so many are found that can be booked: whether their
 * GPUs are free for all of its time, by their host's calendar and what is reserved, and whether so much disk is left. Asked as
 * the booking asks it, without its locks.
 */
export async function lookCloser(
  wish: LookWish,
  offers: readonly ServingOffer[],
  enough: number,
  now: Date,
): Promise<readonly LookedAt[]> {
  const looked: LookedAt[] = [];
  for (const offer of offers) {
    if (looked.filter(({ misfit }) => misfit === null).length >= enough) break;
    looked.push({ offer, misfit: await whyNotNow(wish, offer, now) });
  }
  return looked;
}

async function whyNotNow(wish: LookWish, offer: ServingOffer, now: Date): Promise<ServingMisfit | null> {
  const { renterId, gpuCount, durationSeconds } = wish;
  const standing = await standingOffer(db, offer.listingId, now);
  if (standing === undefined) return 'gpusTaken';
  const noticeSeconds = env().interruptionNoticeSeconds;
  const wanted = { renterId, gpuCount, durationSeconds, again: false, blocked: false, noticeSeconds };
  const chosen = chooseGpus(standing, wanted, now);
  if (chosen.whyNot !== null) return chosen.whyNot.reason === 'gpuTaken' ? 'gpusTaken' : 'tooShort';
  if (isBefore(wish.startBy, chosen.startsAt)) return 'tooShort';
  if (isBefore(chosen.endsAt, addSeconds(chosen.startsAt, durationSeconds))) return 'tooShort';
  const left = BigInt(standing.diskFreeBytes) - standing.rentedDiskBytes;
  return wish.diskBytes > left ? 'diskTaken' : null;
}
