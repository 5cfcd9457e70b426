import { isBefore, utcWords } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { type Calendar, whyNotWindow } from '#lib/catalogue/calendar.ts';
import { type OfferFacts, whyNotBookable, whyNotVisible } from '#lib/catalogue/listing.ts';

type Window = { readonly startsAt: Date; readonly endsAt: Date };

/** A GPU of an offer and the windows in which somebody has or will have it. */
export type WindowedGpu = { readonly id: string; readonly taken: readonly Window[] };

export type WindowWanted = Window & {
  readonly renterId: string;
  readonly gpuCount: number;
  readonly blocked: boolean;
};

export type ChosenForWindow<Gpu> =
  | { readonly whyNot: null; readonly gpus: readonly Gpu[] }
  | { readonly whyNot: WhyNot; readonly freeGpus: number };

/**
 * Chooses GPUs of an offer for a window that lies ahead: of those that are free all through it, the ones whose free time
 * around it is shortest, so that long stretches stay whole; then by position. The same market gives the same GPUs. The
 * machine need not answer now: it may be off outside its hours.
 */
export function chooseForWindow<Gpu extends WindowedGpu>(
  offer: { readonly facts: OfferFacts; readonly gpus: readonly Gpu[]; readonly calendar: Calendar },
  wanted: WindowWanted,
  now: Date,
): ChosenForWindow<Gpu> {
  const { facts } = offer;
  const free = offer.gpus.filter((gpu) => gpu.taken.every((window) => !overlaps(window, wanted)));
  const why =
    whyNotVisible(facts, now) ??
    whyNotWindow(offer.calendar, wanted, now) ??
    whyNotWithin(facts, wanted) ??
    whyNotBookable(answering(facts, now), { ...wanted, freeGpus: free.length }, now);
  if (why === null) {
    const gpus = free.toSorted((a, b) => gapAround(a, wanted) - gapAround(b, wanted)).slice(0, wanted.gpuCount);
    return { whyNot: null, gpus };
  }
  return { whyNot: why.reason === 'gpuTaken' ? taken(free.length, wanted.gpuCount) : why, freeGpus: free.length };
}

function answering(facts: OfferFacts, now: Date): OfferFacts {
  return { ...facts, machine: { ...facts.machine, lastSyncAt: now } };
}

function whyNotWithin({ endsAt }: OfferFacts, window: Window): WhyNot | null {
  if (endsAt === null || !isBefore(endsAt, window.endsAt)) return null;
  return {
    reason: 'hostClosed',
    sentence: `The host offers this machine until ${utcWords(endsAt)}. Choose a window that ends by then.`,
  };
}

function taken(freeGpus: number, gpuCount: number): WhyNot {
  const free = freeGpus === 0 ? 'None of its GPUs is' : `Only ${freeGpus} of its GPUs ${freeGpus === 1 ? 'is' : 'are'}`;
  const fewer = freeGpus === 0 ? '' : gpuCount - freeGpus === 1 ? 'one GPU fewer, or ' : 'fewer GPUs, or ';
  return { reason: 'gpuTaken', sentence: `${free} free all through this window. Take ${fewer}another time.` };
}

/** True when two windows share an instant. */
export function overlaps(a: Window, b: Window): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

/** How long a GPU is free around a window, in milliseconds: from the end of what is before it to the beginning of what comes after. */
function gapAround({ taken: windows }: WindowedGpu, wanted: Window): number {
  const before = windows.filter(({ endsAt }) => endsAt <= wanted.startsAt).map(({ endsAt }) => endsAt.getTime());
  const after = windows.filter(({ startsAt }) => startsAt >= wanted.endsAt).map(({ startsAt }) => startsAt.getTime());
  return Math.min(Number.MAX_SAFE_INTEGER, ...after) - Math.max(0, ...before);
}
