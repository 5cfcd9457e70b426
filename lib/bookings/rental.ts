import { type Micros, minMicros } from '#lib/base/money.ts';
import { secondsBetween } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { PullProgress } from '#protocol/agent.ts';
import type { Billable, BookingAction, BookingKind, Desired, Observed } from './booking.ts';
import type { Connection } from './connection.ts';
import { secondsPaid } from './hold.ts';
import type { MachineFault } from './reserved.ts';
import { chargeFor, runningCost, shareOf, stoppedCost, type Terms, type Usage } from './terms.ts';

/** What a rental has cost so far. Amounts in micro-dollars. */
export type Cost = {
  /** By the statements that have come. */
  readonly chargedMicros: Micros;
  /** The same and what has probably been used since: for the eye, never billed. */
  readonly estimatedMicros: Micros;
  /** Of what was charged. */
  readonly feeMicros: Micros;
  readonly refundedMicros: Micros;
  readonly heldMicros: Micros;
  /** What an hour costs as it is now: running, stopped, or nothing. */
  readonly microsPerHour: Micros;
  /** How long the money lasts at that rate; null when nothing is paid now. */
  readonly runwaySeconds: number | null;
  /** True while it runs and the money lasts longer than the time for which the GPUs are taken. */
  readonly lastsToEnd: boolean;
};

/** A rental in a list. */
export type RentalRow = {
  readonly id: string;
  readonly kind: BookingKind;
  readonly name: string;
  readonly image: string;
  readonly machine: RentalMachine;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly renterName: string;
  /** As frozen when it was booked. */
  readonly terms: Terms;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly billable: Billable;
  readonly reason: string | null;
  readonly createdAt: Date;
  /** From when on it has its GPUs, in the present run: of a reserved window, its beginning. */
  readonly startsAt: Date;
  /** True of a reserved window that has not begun. */
  readonly ahead: boolean;
  readonly startedAt: Date | null;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
  readonly diskUntil: Date | null;
  /** Since when it is locked against ending by hand: for its renter only. */
  readonly endLockedAt: Date | null;
  readonly cost: Cost;
  readonly actions: readonly BookingAction[];
};

/** What starting a stopped rental again would meet now; money is for the command to say. */
export type StartOutlook = {
  /** Why it cannot be started now, though it is stopped; null when it can. */
  readonly whyNot: WhyNot | null;
  /** When its machine has enough free GPUs again at the latest; null when that is now, or not what lacks. */
  readonly freeAt: Date | null;
  /** Until when it would have them, started now without a time; null when it cannot be. */
  readonly endsAt: Date | null;
  /** Offers that could replace it, when it cannot be started. */
  readonly near: readonly OfferRow[];
};

export type RentalMachine = {
  readonly id: string;
  readonly name: string;
  readonly simulated: boolean;
  readonly region: string | null;
  readonly country: string | null;
  readonly lastSyncAt: Date | null;
};

/** One rental with everything that a page about it needs. */
export type Rental = RentalRow & {
  readonly listingId: string;
  readonly renterId: string;
  readonly hostId: string;
  readonly hostName: string;
  readonly side: 'renter' | 'host' | 'staff';
  /** How many other rentals of its renter use the same wallet now; for the renter only. */
  readonly besideRentals: number;
  readonly command: readonly string[] | null;
  /** The job that it runs, or ran: for its renter only. */
  readonly job: { readonly arrayId: string; readonly index: number } | null;
  readonly hasEnvironment: boolean;
  readonly reasonDetail: string | null;
  /** The reason as a sentence; null when all is as it was booked. */
  readonly sentence: string | null;
  readonly run: number;
  /** For its renter while it is stopped, and in a state in which it may be started; null otherwise. */
  readonly start: StartOutlook | null;
  readonly progress: PullProgress | null;
  /** The way in, once it is connectable; told to the renter only. */
  readonly connect: Connection | null;
  /** False on a simulated demo host, whose shell says so and executes nothing. */
  readonly executes: boolean;
  readonly gpus: readonly { readonly id: string; readonly uuid: string; readonly model: string }[];
  readonly capMicros: Micros | null;
  /** Of a reserved window that is not over: what giving it back costs; null of any other. */
  readonly cancellation: {
    readonly freeUntil: Date;
    /** What it costs now. */
    readonly dueMicros: Micros;
    /** What it costs at most, once it is no longer free. */
    readonly shareMicros: Micros;
    /** Why its machine does not do its part: as long as this is so it costs nothing. */
    readonly fault: MachineFault | null;
    readonly sentence: string;
  } | null;
  /** What was paid for giving it back. */
  readonly cancellationMicros: Micros;
  /** What of that came back. */
  readonly cancellationRefundedMicros: Micros;
  /** For its renter, while it goes on and was not used for the notice yet: what ending it now means where somebody was put out for it; null else. */
  readonly puttingOut: string | null;
  readonly observedAt: Date;
  readonly billedUntil: Date | null;
  /** True when the bill is closed and what was left is released. */
  readonly settled: boolean;
};

export type CostFacts = {
  readonly terms: Terms;
  /** What an interruptible rental pays now a GPU-hour, below the bid that its terms say; null: what the terms say. */
  readonly priceMicrosPerGpuHour?: Micros | null | undefined;
  readonly billable: Billable;
  readonly capMicros: Micros | null;
  readonly endsAt: Date;
  /** Since when what is seen now is so. */
  readonly observedAt: Date;
  readonly lease: Usage & {
    readonly chargedMicros: Micros;
    readonly feeMicros: Micros;
    readonly refundedMicros: Micros;
    readonly heldMicros: Micros;
    readonly ceilingMicros: Micros;
    readonly billedUntil: Date | null;
    readonly settledAt: Date | null;
  };
  /** Free money in the wallet, of which a hold without a cap can be renewed. */
  readonly freeMicros: Micros;
};

/** What a rental costs, from the statements that came and, up to now, an estimate. */
export function costOf(facts: CostFacts, now: Date): Cost {
  const { terms, lease, billable } = facts;
  const paid = { ...terms, priceMicrosPerGpuHour: facts.priceMicrosPerGpuHour ?? terms.priceMicrosPerGpuHour };
  const rates: Record<Billable, Micros> = {
    nothing: 0n,
    gpuAndDisk: runningCost(paid, 3_600),
    disk: stoppedCost(terms, 3_600),
  };
  const estimatedMicros = lease.settledAt === null ? estimate(facts, now) : lease.chargedMicros;
  const base = {
    chargedMicros: lease.chargedMicros,
    estimatedMicros,
    feeMicros: lease.feeMicros,
    refundedMicros: lease.refundedMicros,
    heldMicros: lease.heldMicros,
    microsPerHour: rates[billable],
  };
  const runwaySeconds = runwayOf(facts, estimatedMicros - lease.chargedMicros);
  return { ...base, runwaySeconds, lastsToEnd: reachesEnd(facts, runwaySeconds, now) };
}

/** The same cost with the runway that a rental has beside its renter's others, which use the same wallet. */
export function besideOthers(
  cost: Cost,
  runwaySeconds: number,
  facts: { readonly billable: Billable; readonly endsAt: Date },
  now: Date,
): Cost {
  return { ...cost, runwaySeconds, lastsToEnd: reachesEnd(facts, runwaySeconds, now) };
}

function reachesEnd(
  { billable, endsAt }: { readonly billable: Billable; readonly endsAt: Date },
  runwaySeconds: number | null,
  now: Date,
): boolean {
  return billable === 'gpuAndDisk' && (runwaySeconds ?? 0) >= secondsBetween(now, endsAt);
}

function estimate({ terms, lease, billable, observedAt }: CostFacts, now: Date): Micros {
  if (billable === 'nothing') return lease.chargedMicros;
  const since = lease.billedUntil !== null && lease.billedUntil > observedAt ? lease.billedUntil : observedAt;
  const seconds = BigInt(Math.max(0, secondsBetween(since, now)));
  const gpuSeconds = billable === 'gpuAndDisk' ? seconds * BigInt(terms.gpuCount) : 0n;
  const used = chargeFor(terms, {
    gpuSeconds: lease.gpuSeconds + gpuSeconds,
    diskByteSeconds: lease.diskByteSeconds + seconds * terms.diskBytes,
  });
  return minMicros(used, lease.chargedMicros + lease.heldMicros);
}

function runwayOf(facts: CostFacts, unbilledMicros: Micros): number | null {
  const { terms, lease, billable, capMicros } = facts;
  if (billable === 'nothing') return null;
  const underCap = capMicros === null ? facts.freeMicros : capMicros - lease.chargedMicros - lease.heldMicros;
  const renewable = underCap <= 0n ? 0n : minMicros(underCap, facts.freeMicros);
  const bound =
    billable === 'gpuAndDisk'
      ? minMicros(lease.ceilingMicros - lease.chargedMicros, lease.heldMicros)
      : lease.heldMicros;
  return secondsPaid(terms, billable === 'gpuAndDisk' ? 'running' : 'stopped', bound + renewable - unbilledMicros);
}

/** What of an interruptible rental came back by itself, because the clearing price is below the bid: shown as not spent. */
export function cameBack({ kind, cost }: Pick<RentalRow, 'kind' | 'cost'>): Micros {
  return kind === 'interruptible' ? cost.refundedMicros : 0n;
}

/** What a rental's host has of it: gross, the platform's share, and net. */
export function hostPartOf(
  terms: Terms,
  chargedMicros: Micros,
): { grossMicros: Micros; feeMicros: Micros; netMicros: Micros } {
  const { hostMicros, feeMicros } = shareOf(chargedMicros, terms.feeBasisPoints);
  return { grossMicros: chargedMicros, feeMicros, netMicros: hostMicros };
}
