import { MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';
import { DAY, earliest, isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { type MachineFacts, whyNotReady } from './machine.ts';

export const LISTING_STATES = ['draft', 'published', 'withdrawn'] as const;
export type ListingState = (typeof LISTING_STATES)[number];

/** Whether a machine is on the market, in a word; `none` for one that no terms were saved for, `suspended` for one that staff took off it. */
export const LISTING_WORDS: Readonly<Record<ListingState | 'none' | 'suspended', string>> = {
  none: 'not listed',
  draft: 'draft',
  published: 'published',
  withdrawn: 'withdrawn',
  suspended: 'suspended',
};

/** What a host asks. A booking freezes its own copy, so that a later edit touches later bookings only. */
export type ListingTerms = {
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  /** The fewest GPUs that are rented together. */
  readonly minGpus: number;
  /** Nothing is rented beyond this instant; null is open-ended. */
  readonly endsAt: Date | null;
};

/** A price beyond these is a slip of the hand. */
export const MAX_PRICE_MICROS_PER_GPU_HOUR = 1_000n * MICROS_PER_DOLLAR;
export const MAX_DISK_PRICE_MICROS_PER_GIB_MONTH = 10n * MICROS_PER_DOLLAR;
const FARTHEST_END_MS = 5 * 365 * DAY;

export const EDITS_TOUCH_LATER_BOOKINGS =
  'Changes touch only bookings made after them. What is rented already keeps the terms it was booked with.';

/** What is wrong with terms, one sentence a field. Empty when they can be saved for a machine with that many GPUs. */
export function termsProblems(
  terms: ListingTerms,
  gpuCount: number,
  now: Date,
): Partial<Record<keyof ListingTerms, string>> {
  const problems: Partial<Record<keyof ListingTerms, string>> = {};
  if (terms.priceMicrosPerGpuHour <= 0n) problems.priceMicrosPerGpuHour = 'A price is more than $0.';
  else if (terms.priceMicrosPerGpuHour > MAX_PRICE_MICROS_PER_GPU_HOUR)
    problems.priceMicrosPerGpuHour = 'A price is at most $1,000 per GPU-hour.';
  if (terms.diskPriceMicrosPerGibMonth < 0n) problems.diskPriceMicrosPerGibMonth = 'A price is not below $0.';
  else if (terms.diskPriceMicrosPerGibMonth > MAX_DISK_PRICE_MICROS_PER_GIB_MONTH)
    problems.diskPriceMicrosPerGibMonth = 'Disk costs at most $10 per GiB and month.';
  if (!Number.isInteger(terms.minGpus) || terms.minGpus < 1) problems.minGpus = 'At least one GPU is rented.';
  else if (terms.minGpus > Math.max(1, gpuCount)) problems.minGpus = `This machine has ${gpuCount} GPUs.`;
  if (terms.endsAt !== null) {
    if (Number.isNaN(terms.endsAt.getTime())) problems.endsAt = 'This is not a date.';
    else if (!isBefore(now, terms.endsAt)) problems.endsAt = 'The end lies in the past.';
    else if (terms.endsAt.getTime() - now.getTime() > FARTHEST_END_MS)
      problems.endsAt = 'The end lies within the next five years.';
  }
  return problems;
}

/** Everything that decides whether an offer stands: the listing, its machine, its host, and the rule of this market. */
export type OfferFacts = {
  readonly state: ListingState;
  readonly minGpus: number;
  readonly endsAt: Date | null;
  readonly approvedAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly hostId: string;
  readonly hostSuspendedAt: Date | null;
  readonly selfTestPassed: boolean;
  /** True where each listing waits for staff (SUBLET_LISTING_APPROVAL). */
  readonly approvalNeeded: boolean;
  readonly machine: MachineFacts;
};

const gone = (sentence: string): WhyNot => ({ reason: 'listingGone', sentence });

/** Why strangers do not see this listing: visible at once when self-tested, or after approval where the market asks for it. */
export function whyNotVisible(offer: Omit<OfferFacts, 'machine'>, now: Date): WhyNot | null {
  if (offer.state === 'draft') return gone('This machine is not published.');
  if (offer.state === 'withdrawn') return gone('The host has withdrawn this machine.');
  if (offer.suspendedAt !== null) return gone('Staff have suspended this listing.');
  if (offer.hostSuspendedAt !== null) return gone('The account of this host is suspended.');
  if (offer.endsAt !== null && !isBefore(now, offer.endsAt)) return gone('The offer of this machine has ended.');
  if (offer.approvedAt === null && offer.approvalNeeded) return gone('This listing waits for approval by staff.');
  if (offer.approvedAt === null && !offer.selfTestPassed)
    return gone('The self-test of this machine has not passed; staff can approve it nevertheless.');
  return null;
}

/** Why nobody can book this offer now, however few GPUs they want. */
export function whyNotOffered(offer: OfferFacts, now: Date): WhyNot | null {
  return whyNotVisible(offer, now) ?? whyNotReady(offer.machine, now);
}

/** What a renter wants of an offer. */
export type BookingWish = {
  readonly renterId: string;
  readonly gpuCount: number;
  /** GPUs of the machine that nobody has now. */
  readonly freeGpus: number;
  /** Whether this host has blocked this renter. */
  readonly blocked: boolean;
};

/** Why this renter cannot book so many GPUs of this offer now. The booking command asks it again under lock. */
export function whyNotBookable(offer: OfferFacts, wish: BookingWish, now: Date): WhyNot | null {
  const why = whyNotOffered(offer, now);
  if (why !== null) return why;
  if (offer.hostId === wish.renterId)
    return {
      reason: 'ownMachine',
      sentence: 'This is your own machine. Booking it would only move your money in a circle.',
    };
  if (wish.blocked) return { reason: 'renterBlocked', sentence: 'This host does not rent to your account.' };
  if (!Number.isInteger(wish.gpuCount) || wish.gpuCount < offer.minGpus)
    return {
      reason: 'badInput',
      sentence:
        offer.minGpus === 1 ? 'Book at least one GPU.' : `This host rents at least ${offer.minGpus} GPUs together.`,
    };
  if (wish.gpuCount > offer.machine.gpuCount)
    return { reason: 'badInput', sentence: `This machine has only ${offer.machine.gpuCount} GPUs.` };
  if (wish.gpuCount > wish.freeGpus)
    return {
      reason: 'gpuTaken',
      sentence:
        wish.freeGpus === 0
          ? 'Every GPU of this machine is taken now. Pick one of the nearest offers.'
          : `Only ${wish.freeGpus} of ${offer.machine.gpuCount} GPUs are free now. Take fewer, or pick one of the nearest offers.`,
    };
  return null;
}

/** Until when GPUs that are free now can be had: the end of the listing or the next window somebody else has. Null is open-ended. */
export function freeUntil(listingEndsAt: Date | null, nextTaken: readonly (Date | null)[]): Date | null {
  return earliest(listingEndsAt, ...nextTaken) ?? null;
}

/** Why a host cannot publish. A machine that is offline can be published: it is shown again when it answers. */
export function whyNotPublish(
  listing: Pick<OfferFacts, 'state' | 'suspendedAt' | 'endsAt'> | null,
  machine: Pick<MachineFacts, 'retiredAt' | 'identityCopiedAt' | 'gpuCount' | 'hasDocker'> & {
    readonly models: number;
  },
  now: Date,
): WhyNot | null {
  const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });
  const notReady = (sentence: string): WhyNot => ({ reason: 'machineNotReady', sentence });
  if (machine.retiredAt !== null) return notNow('This machine is retired.');
  if (listing === null) return notNow('Set a price first.');
  if (listing.suspendedAt !== null)
    return notNow('Staff have suspended this listing. Contact the operators of this market.');
  if (listing.state === 'published') return notNow('This machine is published already.');
  if (machine.identityCopiedAt !== null)
    return notReady('Two machines use this identity. Uninstall the agent on one of them and enrol it anew.');
  if (machine.gpuCount === 0) return notReady('The agent found no GPU in this machine.');
  if (machine.models > 1)
    return notReady(
      'This machine has GPUs of different models. Only machines whose GPUs are alike can be listed so far.',
    );
  if (!machine.hasDocker) return notReady('Install Docker on this machine first: the self-test says how.');
  if (listing.endsAt !== null && !isBefore(now, listing.endsAt))
    return notNow('The end date has passed. Set a later one.');
  return null;
}

/** Why a host cannot withdraw. Rentals that run go on to their end. */
export function whyNotWithdraw(listing: { readonly state: ListingState } | null): WhyNot | null {
  return listing?.state === 'published' ? null : { reason: 'notNow', sentence: 'This machine is not published.' };
}

type Standing = { readonly suspendedAt: Date | null; readonly approvedAt: Date | null };

/** Why staff cannot approve. */
export function whyNotApprove(listing: Standing): WhyNot | null {
  return listing.approvedAt === null ? null : { reason: 'notNow', sentence: 'This listing is approved already.' };
}

/** Why staff cannot suspend. */
export function whyNotSuspend(listing: Standing): WhyNot | null {
  return listing.suspendedAt === null ? null : { reason: 'notNow', sentence: 'This listing is suspended already.' };
}

/** Why staff cannot restore. */
export function whyNotRestore(listing: Standing): WhyNot | null {
  return listing.suspendedAt !== null ? null : { reason: 'notNow', sentence: 'This listing is not suspended.' };
}
