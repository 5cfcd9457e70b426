import type { Actor } from '#lib/base/actor.ts';
import { nearestOffers } from '#lib/catalogue/queries/search.ts';
import { standingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { chooseGpus } from '../free-gpus.ts';
import type { StartOutlook } from '../rental.ts';

/** What the renter of a stopped rental would meet on starting it now: asked as the command asks it, without its locks. */
export async function startOutlook(
  renter: Actor,
  rental: { readonly listingId: string; readonly gpuCount: number },
  now: Date,
): Promise<StartOutlook> {
  const { listingId, gpuCount } = rental;
  const offer = await standingOffer(db, listingId, now);
  const noticeSeconds = env().interruptionNoticeSeconds;
  const wanted = {
    renterId: renter.userId,
    gpuCount,
    durationSeconds: null,
    again: true,
    blocked: false,
    noticeSeconds,
  };
  const chosen =
    offer === undefined
      ? { whyNot: { reason: 'listingGone', sentence: 'This machine is no longer offered.' } as const, freeAt: null }
      : chooseGpus(offer, wanted, now);
  if (chosen.whyNot === null) return { whyNot: null, freeAt: null, endsAt: chosen.endsAt, near: [] };
  const near = await nearestOffers(renter, listingId, gpuCount, now);
  return { whyNot: chosen.whyNot, freeAt: chosen.freeAt, endsAt: null, near };
}
