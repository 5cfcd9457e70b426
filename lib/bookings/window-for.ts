import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, isBefore } from '#lib/base/time.ts';
import type { StandingOffer, YieldingRental } from '#lib/catalogue/queries/standing-offer.ts';
import { chooseForWindow, overlaps } from './choose-for-window.ts';
import { wishProblems } from './quote.ts';
import type { ChosenGpus } from './take-gpus.ts';
import type { Terms } from './terms.ts';

export type WindowWish = {
  readonly renterId: string;
  readonly startsAt: Date;
  readonly durationSeconds: number;
  readonly terms: Terms;
  /** How long before they go those are told who yield. */
  readonly noticeSeconds: number;
};

/**
 * GPUs of an offer for a window that lies ahead, by the rule of `chooseForWindow`; interruptible rentals on them end where it
 * begins. Refuses with what that says, or `badInput`.
 */
export function windowFor(offer: StandingOffer, wish: WindowWish, now: Date): ChosenGpus {
  const { startsAt, terms } = wish;
  const endsAt = addSeconds(startsAt, wish.durationSeconds);
  const blocked = offer.blockedRenterIds.includes(wish.renterId);
  const wanted = { renterId: wish.renterId, gpuCount: terms.gpuCount, blocked, startsAt, endsAt };
  const noticeEnd = addSeconds(now, wish.noticeSeconds);
  const gpus = offer.gpus.map((gpu) => ({
    ...gpu,
    taken: [...gpu.taken, ...staying(gpu.yielding, startsAt, noticeEnd)],
  }));
  const chosen = chooseForWindow({ ...offer, gpus }, wanted, now);
  if (chosen.whyNot !== null) {
    const { reason, sentence } = chosen.whyNot;
    const said = reason === 'gpuTaken' ? `${sentence} Nothing was charged.` : sentence;
    throw new Refusal(reason, { freeGpus: chosen.freeGpus }, said);
  }
  const freeDiskBytes = BigInt(offer.diskFreeBytes) - offer.rentedDiskBytes;
  const sizes = { durationSeconds: wish.durationSeconds, diskBytes: terms.diskBytes };
  const problems = wishProblems(sizes, { listingEndsAt: null, freeDiskBytes }, startsAt);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const inTheWay = chosen.gpus.flatMap(({ yielding }) => yielding.filter((one) => overlaps(one, { startsAt, endsAt })));
  const yielding = [...new Set(inTheWay.map(({ bookingId }) => bookingId))];
  return { gpus: chosen.gpus, startsAt, endsAt, yielding, yieldsFor: 'reserved' };
}

type Gpu = StandingOffer['gpus'][number];

/** Who yields, but would not have had the notice by then. */
function staying(yielding: Gpu['yielding'], startsAt: Date, noticeEnd: Date): readonly YieldingRental[] {
  return isBefore(startsAt, noticeEnd) ? yielding.filter(({ unused }) => !unused) : [];
}
