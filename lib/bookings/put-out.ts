import { addSeconds, secondsBetween, utcWords } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import type { Observed, Reason } from './booking.ts';
import type { MachineFault } from './reserved.ts';

/**
 * So often within so long interruptible rentals are put out for rentals of one account that then come to nothing. After that the
 * account gets only GPUs that nobody has to leave.
 */
export const MOST_IN_VAIN = [
  { times: 3, seconds: 3_600 },
  { times: 10, seconds: 86_400 },
] as const;
/** What came to nothing is known for so long. */
export const IN_VAIN_KEPT_SECONDS = 86_400;
/** For so many rentals of one account, at a time, somebody may have been put out that were not used for the notice yet. */
export const MOST_UNUSED_AT_ONCE = 16;
/** A window that lies ahead is among them for so long from when it was reserved: it cuts what runs there, and can be given back. */
export const RESERVED_COUNTS_SECONDS = 3_600;

/** For whom of a renter's rentals somebody was put out lately. */
export type PutOuts = {
  /** When those were over that came to nothing by their renter's doing, in any order. */
  readonly inVainAt: readonly Date[];
  /** Those that go on and were not used for the notice yet. */
  readonly unused: number;
};

/** Until when nobody is put out for an account that has so much to its name; null: it may be. */
export function putOutAgainAt(inVainAt: readonly Date[], now: Date): Date | null {
  const newest = inVainAt.toSorted((a, b) => b.getTime() - a.getTime());
  const ends = MOST_IN_VAIN.flatMap(({ times, seconds }) => {
    const last = newest[times - 1];
    return last === undefined ? [] : [addSeconds(last, seconds).getTime()];
  });
  const until = Math.max(...ends, 0);
  return until > now.getTime() ? new Date(until) : null;
}

/** Why nobody is put out for a renter now, or null: a booking, a bid, a standing request and a job ask the same. */
export function whyNotPutOut({ inVainAt, unused }: PutOuts, now: Date): WhyNot | null {
  const until = putOutAgainAt(inVainAt, now);
  if (until !== null)
    return {
      reason: 'putOutInVain',
      sentence: `Interruptible rentals were put out for yours, and yours were not used, too often lately. Until ${utcWords(until)} you get only GPUs that nobody has to leave: take an offer that is idle, or wait.`,
    };
  if (unused < MOST_UNUSED_AT_ONCE) return null;
  return {
    reason: 'putOutInVain',
    sentence: `Interruptible rentals were put out for ${unused} of yours that are not used yet. Until these run, or are an hour old where they are reserved for later, you get only GPUs that nobody has to leave: take an offer that is idle, or wait.`,
  };
}

/** What whoever takes GPUs that somebody has to leave is told before. `noticeSeconds` is the notice of those who leave. */
export function putOutSentence(noticeSeconds: number): string {
  const [hour] = MOST_IN_VAIN;
  return `Somebody has to leave for it. If you end it, or what you run ends, before it was used for ${formatSpan(noticeSeconds)}, they left in vain; after ${hour.times} times within an hour you get only GPUs that nobody has to leave, for a while.`;
}

/** Ends that are no doing of whoever rents: their host's, the machine's, the market's, or somebody who came first. */
const NOT_THE_RENTERS: ReadonlySet<string> = new Set<Reason>([
  'hostEnded',
  'staffEnded',
  'interrupted',
  'machineLost',
  'runtimeStopped',
  'startFailed',
  'gatewayFailed',
  'noContainerRuntime',
  'gpuMissing',
  'diskFull',
  'leaseInvalid',
]);

/** A run that is over, for which somebody was put out. */
export type PutOutRun = {
  /** Why it is over; null: its renter's own doing, without a word for it. */
  readonly reason: string | null;
  readonly observed: Observed;
  /** Since when it could be used; null: it never could. */
  readonly usedSince: Date | null;
  readonly endsAt: Date;
};

/** Whether a reason for an end says that it was not its renter's doing. */
export function isNotTheRenters(reason: string | null): boolean {
  return reason !== null && NOT_THE_RENTERS.has(reason);
}

/** Whether it was used for as long as the notice that was given for it: then nobody left in vain. */
export function wasUsed(
  { usedSince, endsAt }: Pick<PutOutRun, 'usedSince' | 'endsAt'>,
  noticeSeconds: number,
): boolean {
  return usedSince !== null && secondsBetween(usedSince, endsAt) >= noticeSeconds;
}

/**
 * Whether somebody was put out in vain for a run: it is over by its renter's doing, or by what they run, before it was used for
 * the notice, and its machine did its part. An image that does not come is the renter's: nobody can tell whose fault it is that it
 * does not, and it costs no money.
 */
export function isInVain(run: PutOutRun, fault: MachineFault | null, noticeSeconds: number): boolean {
  if (isNotTheRenters(run.reason) || wasUsed(run, noticeSeconds)) return false;
  return fault === null || (fault.kind === 'notReady' && run.observed === 'pulling');
}
