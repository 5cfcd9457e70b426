import { addSeconds, earliest, isBefore, utcWords } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { type Calendar, nextOpening, openNow, whyNotLength, whyNotOpenNow } from '#lib/catalogue/calendar.ts';
import { type OfferFacts, whyNotBookable } from '#lib/catalogue/listing.ts';
import type { YieldingRental } from '#lib/catalogue/queries/standing-offer.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { windowEnd } from './quote.ts';
import { ON_DEMAND_SECONDS } from './terms.ts';

/**
 * A GPU of an offer: until when somebody has it (null: free), when somebody will have it next, and who has it meanwhile and
 * yields.
 */
export type OfferedGpu = {
  readonly id: string;
  readonly takenUntil: Date | null;
  readonly nextTakenAt: Date | null;
  readonly yielding?: readonly YieldingRental[] | undefined;
};

export type GpusWanted = {
  readonly renterId: string;
  readonly gpuCount: number;
  readonly durationSeconds: number | null;
  /** True for a rental that is started again: rules made for new bookings do not bind it. */
  readonly again: boolean;
  /** Whether this host has blocked this renter. */
  readonly blocked: boolean;
  /** How long those who yield are told before: the longest that whoever takes their GPUs waits. */
  readonly noticeSeconds: number;
};

/** GPUs that can be had now, or as soon as somebody has yielded, and until when at the latest; or why not, and when there are enough of them at the latest. */
export type FreeGpus<Gpu> =
  | {
      readonly whyNot: null;
      readonly gpus: readonly Gpu[];
      /** Now, or when those who yield are gone. */
      readonly startsAt: Date;
      readonly endsAt: Date;
      /** When the host's hours end. */
      readonly closesAt: Date | null;
      readonly freeGpus: number;
      /** The interruptible rentals that yield to it. */
      readonly yielding: readonly string[];
    }
  | { readonly whyNot: WhyNot; readonly freeAt: Date | null; readonly freeGpus: number };

/**
 * Chooses GPUs of an offer: of those that are free, the ones that stay free longest, then by position; then those of
 * interruptible rentals, the lowest bid first. The same market gives the same GPUs. The look before a booking, and the command under lock, ask the same.
 */
export function chooseGpus<Gpu extends OfferedGpu>(
  offer: { readonly facts: OfferFacts; readonly gpus: readonly Gpu[]; readonly calendar: Calendar },
  wanted: GpusWanted,
  now: Date,
): FreeGpus<Gpu> {
  const { gpuCount, again } = wanted;
  const free = offer.gpus.filter((gpu) => gpu.takenUntil === null).toSorted(freeLongest);
  const facts = again ? { ...offer.facts, minGpus: 1 } : offer.facts;
  const blocked = !again && wanted.blocked;
  const why = whyNotBookable(facts, { renterId: wanted.renterId, gpuCount, freeGpus: free.length, blocked }, now);
  if (why !== null) {
    const taken = why.reason === 'gpuTaken';
    const freeAt = taken ? enoughFreeAt(offer.gpus, gpuCount) : null;
    return { whyNot: taken && again ? takenMeanwhile(gpuCount, free.length) : why, freeAt, freeGpus: free.length };
  }
  const open = openNow(offer.calendar, now);
  if (open === null) {
    const freeAt = nextOpening(offer.calendar, now);
    return { whyNot: whyNotOpenNow(offer.calendar, freeAt, now), freeAt, freeGpus: 0 };
  }
  const { closesAt } = open;
  const gpus = cheapestToHave(free, gpuCount);
  const { startsAt, yielding } = whoYields(gpus, wanted.noticeSeconds, now);
  const most = again ? ON_DEMAND_SECONDS : (offer.calendar.mostSeconds ?? ON_DEMAND_SECONDS);
  const bound = earliest(offer.facts.endsAt, closesAt, addSeconds(startsAt, most)) ?? null;
  const window = windowEnd(startsAt, wanted.durationSeconds, bound);
  const endsAt = earliest(window, ...gpus.map((gpu) => gpu.nextTakenAt)) ?? window;
  const tooShort = whyNotSoLong(offer.calendar, wanted, { startsAt, endsAt });
  return tooShort === null
    ? { whyNot: null, gpus, startsAt, endsAt, closesAt, freeGpus: free.length, yielding }
    : { whyNot: tooShort, freeAt: null, freeGpus: free.length };
}

/** A time that the renter named is held against the host's rules; without one, what is left must be as long as the shortest rental. */
function whyNotSoLong(
  calendar: Calendar,
  { again, durationSeconds }: Pick<GpusWanted, 'again' | 'durationSeconds'>,
  { startsAt, endsAt }: { readonly startsAt: Date; readonly endsAt: Date },
): WhyNot | null {
  if (!again && durationSeconds !== null) return whyNotLength(calendar, durationSeconds);
  const leastSeconds = again ? 60 : calendar.leastSeconds;
  if (!isBefore(endsAt, addSeconds(startsAt, leastSeconds))) return null;
  return {
    reason: 'hostClosed',
    sentence: `It is free until ${utcWords(endsAt)} only, and ${again ? 'it runs' : 'this host rents'} for at least ${formatSpan(leastSeconds)}.`,
  };
}
/** So many GPUs by which nobody, or whoever bids least, is put out; a rental that is put out gives all it has. */
export function cheapestToHave<Gpu extends Pick<OfferedGpu, 'yielding'>>(gpus: readonly Gpu[], count: number): Gpu[] {
  const chosen = gpus.filter(({ yielding = [] }) => yielding.length === 0).slice(0, count);
  const rentals = new Map(gpus.flatMap(({ yielding = [] }) => yielding.map((one) => [one.bookingId, one] as const)));
  const byBid = [...rentals.values()].sort((a, b) =>
    a.microsPerGpuHour === b.microsPerGpuHour
      ? b.startsAt.getTime() - a.startsAt.getTime() || (a.bookingId < b.bookingId ? -1 : 1)
      : a.microsPerGpuHour < b.microsPerGpuHour
        ? -1
        : 1,
  );
  for (const { bookingId } of byBid) {
    if (chosen.length >= count) break;
    const its = gpus.filter((gpu) => gpu.yielding?.some((one) => one.bookingId === bookingId) && !chosen.includes(gpu));
    chosen.push(...its.slice(0, count - chosen.length));
  }
  return chosen;
}

/** Who has to go so that GPUs can be had, and when they are gone: those nobody could use yet at once, others after the notice. */
export function whoYields(
  gpus: readonly Pick<OfferedGpu, 'yielding'>[],
  noticeSeconds: number,
  now: Date,
): { startsAt: Date; yielding: string[] } {
  const noticeEnd = addSeconds(now, noticeSeconds);
  const all = gpus.flatMap(({ yielding = [] }) => yielding);
  const goneAt = all.map(({ startsAt, endsAt, unused }) =>
    unused || startsAt > now ? now : (earliest(endsAt, noticeEnd) ?? noticeEnd),
  );
  const startsAt = new Date(Math.max(now.getTime(), ...goneAt.map((instant) => instant.getTime())));
  const yielding = new Set(all.filter(({ endsAt }) => endsAt > startsAt).map(({ bookingId }) => bookingId));
  // Who is unused is over at once, however soon it would end by itself.
  for (const one of all) if (one.unused) yielding.add(one.bookingId);
  return { startsAt, yielding: [...yielding].sort() };
}

/** When so many GPUs are free again at the latest; null when there are not so many. */
function enoughFreeAt(gpus: readonly OfferedGpu[], gpuCount: number): Date | null {
  const back = gpus.map((gpu) => gpu.takenUntil).toSorted((a, b) => (a?.getTime() ?? 0) - (b?.getTime() ?? 0));
  return back[gpuCount - 1] ?? null;
}

function takenMeanwhile(gpuCount: number, freeGpus: number): WhyNot {
  const few = `It needs ${gpuCount} GPUs, and only ${freeGpus} of its machine ${freeGpus === 1 ? 'is' : 'are'} free now.`;
  const none = `Somebody else has the GPU${gpuCount === 1 ? '' : 's'} of its machine now.`;
  const then = `Its disk is kept: start it when ${gpuCount === 1 ? 'one is' : 'enough are'} free again, or book another.`;
  return { reason: 'gpuTaken', sentence: `${freeGpus > 0 ? few : none} ${then}` };
}

function freeLongest(a: OfferedGpu, b: OfferedGpu): number {
  return (b.nextTakenAt?.getTime() ?? Number.MAX_SAFE_INTEGER) - (a.nextTakenAt?.getTime() ?? Number.MAX_SAFE_INTEGER);
}
