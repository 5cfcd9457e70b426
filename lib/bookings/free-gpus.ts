import { earliest } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { type OfferFacts, whyNotBookable } from '#lib/catalogue/listing.ts';
import { windowEnd } from './quote.ts';

/** A GPU of an offer: until when somebody has it (null: free), and when somebody will have it next. */
export type OfferedGpu = { readonly id: string; readonly takenUntil: Date | null; readonly nextTakenAt: Date | null };

export type GpusWanted = {
  readonly renterId: string;
  readonly gpuCount: number;
  readonly durationSeconds: number | null;
  /** True for a rental that is started again: rules made for new bookings do not bind it. */
  readonly again: boolean;
  /** Whether this host has blocked this renter. */
  readonly blocked: boolean;
};

/** GPUs that can be had now, and until when at the latest; or why not, and when there are enough of them at the latest. */
export type FreeGpus<Gpu> =
  | { readonly whyNot: null; readonly gpus: readonly Gpu[]; readonly endsAt: Date; readonly freeGpus: number }
  | { readonly whyNot: WhyNot; readonly freeAt: Date | null; readonly freeGpus: number };

/**
 * Chooses GPUs of an offer: of those that are free, the ones that stay free longest, then by position. The same market
 * gives the same GPUs. The look before a booking, and the command under lock, ask the same.
 */
export function chooseGpus<Gpu extends OfferedGpu>(
  offer: { readonly facts: OfferFacts; readonly gpus: readonly Gpu[] },
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
  const gpus = free.slice(0, gpuCount);
  const window = windowEnd(now, wanted.durationSeconds, offer.facts.endsAt);
  const endsAt = earliest(window, ...gpus.map((gpu) => gpu.nextTakenAt)) ?? window;
  return { whyNot: null, gpus, endsAt, freeGpus: free.length };
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
