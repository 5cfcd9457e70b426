import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { openNow } from '#lib/catalogue/calendar.ts';
import { CANCELLATIONS } from '#lib/catalogue/cancellation.ts';
import { whyNotOffered, whyNotVisible } from '#lib/catalogue/listing.ts';
import { standingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { chooseForWindow, overlaps } from '../choose-for-window.ts';
import { chooseGpus } from '../free-gpus.ts';
import { putOutSentence, whyNotPutOut } from '../put-out.ts';
import { makeQuote, type Quote, wishProblems } from '../quote.ts';
import { limitsFor } from '../terms.ts';
import { putOutsOfOne } from './put-outs.ts';

/** What somebody asks a price for. */
export type QuoteWish = {
  readonly listingId: string;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  /** Null takes the GPUs on demand. */
  readonly durationSeconds: number | null;
  readonly capMicros: Micros | null;
  /** A window of the host's calendar that begins then and lasts for the duration; null or left out is from now on. */
  readonly startsAt?: Date | null | undefined;
};

/**
 * What a listing would cost now, or in a window that lies ahead; writes nothing and holds nothing. Whether GPUs are free now is
 * for the booking to say; a window must be free and inside the host's hours. Refuses with `notFound`, `listingGone`,
 * `machineNotReady`, `hostClosed`, `gpuTaken`, or `badInput` with a sentence a field.
 */
export async function previewQuote(viewer: Actor | null, wish: QuoteWish, now: Date): Promise<Quote> {
  const offer = await standingOffer(db, wish.listingId, now);
  if (offer === undefined) throw new Refusal('notFound');
  const { facts, terms, calendar } = offer;
  const startsAt = wish.startsAt ?? null;
  refuseIf(startsAt === null ? whyNotOffered(facts, now) : whyNotVisible(facts, now));
  const open = startsAt === null ? openNow(calendar, now) : null;
  const freeDiskBytes = BigInt(offer.diskFreeBytes) - offer.rentedDiskBytes;
  const lastsUntil = startsAt === null ? (earliest(terms.endsAt, open?.closesAt) ?? null) : terms.endsAt;
  if (startsAt !== null && wish.durationSeconds === null)
    throw new Refusal('badInput', { durationSeconds: 'A window that is reserved has a length: say how long.' });
  const problems = {
    ...countProblem(wish.gpuCount, facts.minGpus, offer.gpus.length),
    // Whether a window lies within the offer is said with all else about windows.
    ...wishProblems(wish, { listingEndsAt: startsAt === null ? lastsUntil : null, freeDiskBytes }, startsAt ?? now),
  };
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const wanted = { renterId: viewer?.userId ?? '', gpuCount: wish.gpuCount, blocked: false };
  const ask = {
    terms: {
      priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour,
      diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth,
      feeBasisPoints: env().feeBasisPoints,
      gpuCount: wish.gpuCount,
      gpuModel: offer.gpus[0]?.model ?? '',
      diskBytes: wish.diskBytes,
      limits: limitsFor({ ...offer, gpuCount: offer.gpus.length }, wish.gpuCount),
      ...(startsAt === null
        ? { maintenanceNoticeSeconds: calendar.maintenanceNoticeSeconds }
        : { cancellation: CANCELLATIONS[calendar.cancellation] }),
    },
    durationSeconds: wish.durationSeconds,
    capMicros: wish.capMicros,
    freeMicros: viewer === null ? null : await spendableOf(db, viewer.userId, (await walletOf(viewer)).freeMicros, now),
  };
  if (startsAt !== null) {
    const window = { startsAt, endsAt: addSeconds(startsAt, wish.durationSeconds ?? 0) };
    const chosen = chooseForWindow(offer, { ...wanted, ...window }, now);
    if (chosen.whyNot !== null) throw new Refusal(chosen.whyNot.reason, {}, chosen.whyNot.sentence);
    const yields = chosen.gpus.some(({ yielding }) => yielding.some((one) => overlaps(one, window)));
    const puttingOut = yields ? await puttingOutFor(viewer, now) : null;
    return makeQuote({ ...ask, startsAt, lastsUntil: window.endsAt, puttingOut }, now);
  }
  // Whether GPUs are free is for the booking to say: what they are free until is said when some are.
  const chosen = chooseGpus(
    offer,
    { ...wanted, durationSeconds: null, again: false, noticeSeconds: env().interruptionNoticeSeconds },
    now,
  );
  if (chosen.whyNot !== null && chosen.whyNot.reason === 'hostClosed')
    refuseIf(chosen.whyNot, { freeAt: chosen.freeAt?.toISOString() ?? null });
  if (chosen.whyNot !== null) return makeQuote({ ...ask, startsAt: null, lastsUntil }, now);
  const puttingOut = chosen.yielding.length > 0 ? await puttingOutFor(viewer, now) : null;
  return makeQuote({ ...ask, startsAt: null, lastsUntil: chosen.endsAt, puttingOut }, now);
}

async function puttingOutFor(viewer: Actor | null, now: Date): Promise<Quote['puttingOut']> {
  const whyNot = viewer === null ? null : whyNotPutOut(await putOutsOfOne(db, viewer.userId, now), now);
  return { sentence: putOutSentence(env().interruptionNoticeSeconds), whyNot: whyNot?.sentence ?? null };
}

function countProblem(count: number, least: number, most: number): { gpuCount?: string } {
  if (!Number.isInteger(count) || count < least)
    return { gpuCount: least === 1 ? 'Book at least one GPU.' : `This host rents at least ${least} GPUs together.` };
  return count > most ? { gpuCount: `This machine has only ${most} GPUs.` } : {};
}
