import { formatDollars, MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';
import { addSeconds, DAY, isBefore, secondsBetween } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { isRegion } from '#lib/catalogue/continent.ts';
import { MAX_PRICE_MICROS_PER_GPU_HOUR } from '#lib/catalogue/listing.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { durationProblem } from './quote.ts';
import {
  chargeFor,
  DISK_KEPT_SECONDS,
  diskReserve,
  LEAST_DISK_BYTES,
  LEAST_HOLD_SECONDS,
  MOST_DISK_BYTES,
  runningCost,
  type Terms,
} from './terms.ts';

/** What a match does: it is booked, the renter is told, or hosts see the request and answer it with a price. */
export const STANDING_MODES = ['book', 'notify', 'ask'] as const;
export type StandingMode = (typeof STANDING_MODES)[number];

export const STANDING_STATES = ['open', 'paused', 'booked', 'expired', 'cancelled'] as const;
export type StandingState = (typeof STANDING_STATES)[number];

/** Open requests of one renter at a time. */
export const MOST_OPEN_REQUESTS = 20;
/** A deadline lies at most so far away. */
export const LONGEST_WAIT_DAYS = 90;
export const MOST_GPUS = 64;
/** A match that the renter's account cannot pay is tried so often, longer and longer apart; then the request pauses. */
export const MOST_TRIES = 5;
const FIRST_PAUSE_SECONDS = 600;
/** A renter hears of new matches at most this often, and of so many offers in all. */
export const TELL_AGAIN_SECONDS = 3_600;
export const MOST_TOLD = 50;
/** Without a cap of the renter's own, disks up to this price are paid for. */
export const USUAL_DISK_PRICE_MICROS_PER_GIB_MONTH = MICROS_PER_DOLLAR / 4n;

/** What a renter wishes of a machine, and at which price. Null and empty mean "no matter". */
export type StandingWish = {
  readonly models: readonly string[];
  readonly vramGib: number | null;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  /** Words of continents and codes of countries. */
  readonly regions: readonly string[];
  readonly trust: TrustTier;
  readonly leastReliabilityBasisPoints: number | null;
  readonly realOnly: boolean;
  readonly maxPriceMicrosPerGpuHour: Micros;
  readonly durationSeconds: number;
  /** The most that the whole rental may cost, its disk included. */
  readonly capMicros: Micros;
};

/** What decides what may be done with a request. */
export type StandingFacts = {
  readonly mode: StandingMode;
  readonly state: StandingState;
  readonly startBy: Date;
  /** Set while a match that the account could not pay waits for its next try. */
  readonly nextTryAt: Date | null;
};

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** What is set aside for a rental of that length: all of it, an hour at least, and a day of its disk. Null is not capped. */
export function wholeCost(terms: Terms, durationSeconds: number): Micros {
  return runningCost(terms, Math.max(LEAST_HOLD_SECONDS, durationSeconds)) + diskReserve(terms);
}

/** The cap of a request whose renter named none: the price limit for its time, and a disk at a usual price. In whole cents, rounded up. */
export function usualCap(
  wish: Pick<StandingWish, 'maxPriceMicrosPerGpuHour' | 'gpuCount' | 'diskBytes' | 'durationSeconds'>,
): Micros {
  const seconds = BigInt(Math.max(LEAST_HOLD_SECONDS, wish.durationSeconds));
  const prices = {
    priceMicrosPerGpuHour: wish.maxPriceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: USUAL_DISK_PRICE_MICROS_PER_GIB_MONTH,
    feeBasisPoints: 0,
  };
  const exact = chargeFor(prices, {
    gpuSeconds: BigInt(wish.gpuCount) * seconds,
    diskByteSeconds: wish.diskBytes * (seconds + BigInt(DISK_KEPT_SECONDS)),
  });
  const CENT = 10_000n;
  return ((exact + CENT) / CENT) * CENT;
}

/** The last instant at which a rental of that length can begin. */
export function startByOf(finishBy: Date, durationSeconds: number): Date {
  return addSeconds(finishBy, -durationSeconds);
}

export type StandingField = keyof StandingWish | 'finishBy';

/** What is wrong with a request, one sentence a field; empty when it can be made. */
export function standingProblems(
  wish: Omit<StandingWish, 'capMicros'> & { readonly capMicros: Micros | null },
  finishBy: Date,
  now: Date,
): Partial<Record<StandingField, string>> {
  const duration = durationProblem(wish.durationSeconds, null, now);
  const found: Record<StandingField, string | null> = {
    models: wish.models.some((model) => model.trim() === '' || model.length > 200 || /\p{Cc}/u.test(model))
      ? 'One of these is no name of a GPU.'
      : null,
    vramGib: whole(wish.vramGib, 1, 10_000) ? null : 'Memory is a whole number of GiB.',
    gpuCount: whole(wish.gpuCount, 1, MOST_GPUS) ? null : `Ask for 1 to ${MOST_GPUS} GPUs of one machine.`,
    diskBytes:
      wish.diskBytes < LEAST_DISK_BYTES || wish.diskBytes > MOST_DISK_BYTES
        ? `Take ${formatBytes(LEAST_DISK_BYTES)} to ${formatBytes(MOST_DISK_BYTES)} of disk.`
        : null,
    regions: wish.regions.every(isRegion) ? null : 'One of these is neither a continent nor a country.',
    trust: null,
    leastReliabilityBasisPoints: whole(wish.leastReliabilityBasisPoints, 0, 10_000)
      ? null
      : 'Reliability lies between 0 and 100 %.',
    realOnly: null,
    maxPriceMicrosPerGpuHour:
      wish.maxPriceMicrosPerGpuHour <= 0n
        ? 'A price is more than $0.'
        : wish.maxPriceMicrosPerGpuHour > MAX_PRICE_MICROS_PER_GPU_HOUR
          ? `A price is at most ${formatDollars(MAX_PRICE_MICROS_PER_GPU_HOUR)} per GPU-hour.`
          : null,
    durationSeconds: duration,
    finishBy: duration === null ? deadlineProblem(wish.durationSeconds, finishBy, now) : null,
    capMicros: capProblem(wish.capMicros),
  };
  return Object.fromEntries(Object.entries(found).filter(([, said]) => said !== null));
}

function capProblem(capMicros: Micros | null): string | null {
  if (capMicros === null) return null;
  if (capMicros <= 0n) return 'A cap is more than $0.';
  return capMicros > 1_000_000n * MICROS_PER_DOLLAR ? 'A cap is at most $1,000,000.' : null;
}

function deadlineProblem(durationSeconds: number, finishBy: Date, now: Date): string | null {
  if (Number.isNaN(finishBy.getTime())) return 'This is not a date.';
  if (!isBefore(now, finishBy)) return 'The deadline lies in the past.';
  if (isBefore(finishBy, addSeconds(now, durationSeconds)))
    return 'A rental of this length would not end by then, even if it began now. Take a shorter time or a later deadline.';
  if (finishBy.getTime() - now.getTime() > LONGEST_WAIT_DAYS * DAY)
    return `A deadline lies at most ${LONGEST_WAIT_DAYS} days ahead.`;
  return null;
}

function whole(value: number | null, least: number, most: number): boolean {
  return value === null || (Number.isInteger(value) && value >= least && value <= most);
}

/** True when no rental of this request can begin any more. */
export function isOver({ startBy }: Pick<StandingFacts, 'startBy'>, now: Date): boolean {
  return isBefore(startBy, now);
}

/** Why a request cannot be met any more, or not yet; null while it waits for a match. */
export function whyNotOpen(request: StandingFacts, now: Date): WhyNot | null {
  if (request.state === 'booked') return notNow('This request is booked already.');
  if (request.state === 'cancelled') return notNow('This request was cancelled.');
  if (request.state === 'expired' || isOver(request, now)) return notNow('This request has expired.');
  return request.state === 'paused' ? notNow('This request is paused.') : null;
}

/** Why it cannot be cancelled. What was booked is ended on the page of the booking. */
export function whyNotCancelRequest({ state }: Pick<StandingFacts, 'state'>): WhyNot | null {
  if (state === 'booked') return notNow('It is booked already. To give it up, end the booking on its page.');
  if (state === 'cancelled') return notNow('It is cancelled already.');
  return state === 'expired' ? notNow('It has expired: there is nothing to cancel.') : null;
}

/** Why it cannot be tried again at once: only what paused can, or what waits for its next try. */
export function whyNotResume(request: StandingFacts, now: Date): WhyNot | null {
  const paused = request.state === 'paused';
  const why = whyNotOpen(paused ? { ...request, state: 'open' } : request, now);
  if (why !== null || paused || request.nextTryAt !== null) return why;
  return notNow('It waits for a match already.');
}

/** Why it cannot be changed: only what waits can, or paused. */
export function whyNotEditRequest(request: StandingFacts, now: Date): WhyNot | null {
  return whyNotOpen(request.state === 'paused' ? { ...request, state: 'open' } : request, now);
}

/** Why hosts cannot answer it. */
export function whyNotAnswerRequest(request: StandingFacts, now: Date): WhyNot | null {
  return request.mode === 'ask' ? whyNotOpen(request, now) : notNow('This request does not ask hosts.');
}

export const REQUEST_ACTIONS = ['cancel', 'edit', 'resume'] as const;
export type RequestAction = (typeof REQUEST_ACTIONS)[number];

/** What its renter may do with a request now. */
export function requestActions(request: StandingFacts, now: Date): RequestAction[] {
  return [
    ...(whyNotCancelRequest(request) === null ? (['cancel'] as const) : []),
    ...(whyNotEditRequest(request, now) === null ? (['edit'] as const) : []),
    ...(whyNotResume(request, now) === null ? (['resume'] as const) : []),
  ];
}

/** When a match is tried again that the account could not pay: 10 minutes after the first try, then 20, 40 …; null after the last: it pauses. */
export function nextTry(tries: number, now: Date): Date | null {
  return tries >= MOST_TRIES ? null : addSeconds(now, FIRST_PAUSE_SECONDS * 2 ** (tries - 1));
}

/** Offers of a match that the renter has not heard of, if now is a time to tell: at most once an hour, and of so many in all. */
export function newsOf(
  told: { readonly toldListingIds: readonly string[]; readonly toldAt: Date | null },
  listingIds: readonly string[],
  now: Date,
): readonly string[] {
  if (told.toldAt !== null && secondsBetween(told.toldAt, now) < TELL_AGAIN_SECONDS) return [];
  return listingIds
    .filter((id) => !told.toldListingIds.includes(id))
    .slice(0, Math.max(0, MOST_TOLD - told.toldListingIds.length));
}
