import { REFUSALS, type RefusalReason } from '#lib/base/refusal.ts';
import { isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import type { Failure } from '#protocol/agent.ts';

/**
 * By which right a booking has its GPUs. `interruptible` yields to the others; `reserved` has them in a window of its own;
 * `onDemand` from when it is made until whoever is next.
 */
export const BOOKING_KINDS = ['onDemand', 'reserved', 'interruptible'] as const;
export type BookingKind = (typeof BOOKING_KINDS)[number];

/**
 * What becomes of a booking that runs a command to its end, when that ends: all of it ends, or its disk is kept for a day.
 * Null for a booking that a renter connects to.
 */
export const AT_EXITS = ['end', 'keepDisk'] as const;
export type AtExit = (typeof AT_EXITS)[number];

/** What the renter (or the market for them) wants. */
export const DESIRED = ['running', 'stopped', 'ended'] as const;
export type Desired = (typeof DESIRED)[number];

/** What was seen last. `held`: the machine has not answered yet; the others are the agent's phases. */
export const OBSERVED = [
  'held',
  'accepted',
  'pulling',
  'starting',
  'connectable',
  'stopping',
  'stopped',
  'failed',
  'ended',
] as const;
export type Observed = (typeof OBSERVED)[number];

/** What time costs now. */
export const BILLABLE = ['nothing', 'gpuAndDisk', 'disk'] as const;
export type Billable = (typeof BILLABLE)[number];

/** Why a booking is no longer what it was booked for, in a sentence for its renter. */
export const REASONS = {
  renterStopped: 'You stopped it. The GPU is given back, the disk is kept.',
  idleStopped: 'Its GPUs did nothing for 20 minutes, and you wanted it stopped then. The disk is kept.',
  renterEnded: 'You ended it.',
  renterCancelled: 'You gave it back before it began.',
  hostEnded: 'The host broke it off. From the moment they did, nothing is billed.',
  staffEnded: 'The staff of this market ended it.',
  moneyRanOut: 'The money for it ran out. The disk is kept for a day: top up and start it again.',
  capReached: 'It reached the cap that you set. The disk is kept for a day: start it again with a higher cap.',
  windowEnded: 'Its time was over. The disk is kept for a day: start it again if a GPU is free.',
  neverReady: 'Its time was over before it could be used.',
  interrupted: 'It yields its GPUs. The disk is kept, and it goes on by itself when its bid wins again.',
  diskExpired: 'The time for which its disk was kept is over.',
  jobOver: 'The job that it was part of is over.',
  timeLimit: 'It ran for as long as it was allowed to.',
  machineLost: 'The machine no longer has it.',
  imageNotFound: 'The image was not found. Check its name, and that it is public.',
  imageNotHere:
    'The image is not to be had for this machine: it is made for another processor, or its registry was not found from there.',
  unrunnable: 'What was to run in it cannot run there: the program is missing, or made for another processor.',
  pullFailed: 'The image could not be pulled.',
  startFailed: 'The container could not be started.',
  shellFailed: 'The container started, but its shell did not answer.',
  gatewayFailed: 'No way in through the gateway could be opened.',
  noContainerRuntime: 'The container runtime of the machine does not answer.',
  gpuMissing: 'The machine could not give it its GPU.',
  diskFull: 'The disk of the machine is full.',
  exited: 'The program in the container ended by itself.',
  runtimeStopped: 'The container runtime of its machine was stopped, and it with that.',
  ceilingReached: 'The money set aside for it was used up.',
  leaseInvalid: 'The machine did not accept the lease.',
} as const satisfies Record<Failure, string> & Record<string, string>;
export type Reason = keyof typeof REASONS;

/** Failures of what the renter chose to run: no machine could have done it better. All others are the machine's, or its network's. */
const BY_WORKLOAD: ReadonlySet<string> = new Set<Reason>(['imageNotFound', 'imageNotHere', 'unrunnable', 'exited']);

/** Whether a run ended by what its renter runs in it. A program whose end nobody saw, once it could be used, may have lost its machine. */
export function isByWorkload(run: {
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly startedAt: Date | null;
}): boolean {
  if (run.reason === null || !BY_WORKLOAD.has(run.reason)) return false;
  return run.reason !== 'exited' || run.startedAt === null || run.exitCode !== null;
}

export function reasonSentence(reason: string | null): string | null {
  return reason !== null && Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : null;
}

/** The facts that decide what may be done with a booking. */
export type BookingFacts = {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly billable: Billable;
  readonly reason: string | null;
  readonly kind: BookingKind;
  /** From when on it has its GPUs, in the present run. */
  readonly startsAt: Date;
  readonly atExit: AtExit | null;
  readonly startedAt: Date | null;
  readonly endsAt: Date;
  readonly diskUntil: Date | null;
  readonly endedAt: Date | null;
  /** Since when its renter has it locked against ending by hand; null when it is not. */
  readonly endLockedAt: Date | null;
};

const END_LOCKED = REFUSALS.endLocked[1];
const notNow = (sentence: string): WhyNot => ({ reason: 'notNow' satisfies RefusalReason, sentence });

/** True from the moment a host broke a running rental off until its notice is over. */
export function isHostEnding(booking: Pick<BookingFacts, 'reason' | 'desired'>): boolean {
  return booking.reason === 'hostEnded' && booking.desired !== 'ended';
}

/** True from the moment an interruptible rental was told that it yields until it is stopped. */
export function isYielding(booking: Pick<BookingFacts, 'reason' | 'desired'>): boolean {
  return booking.reason === 'interrupted' && booking.desired === 'running';
}

/** True while nothing was ever usable: such a booking costs nothing, whatever becomes of it. */
export function isUnused(booking: Pick<BookingFacts, 'startedAt'>): boolean {
  return booking.startedAt === null;
}

/** True of a reserved window that has not begun: its machine runs nothing for it yet. */
export function liesAhead(booking: Pick<BookingFacts, 'kind' | 'startsAt' | 'desired'>, now: Date): boolean {
  return booking.kind === 'reserved' && booking.desired === 'running' && isBefore(now, booking.startsAt);
}

export function whyNotStop(booking: BookingFacts, now: Date): WhyNot | null {
  if (booking.desired === 'ended') return notNow('It has ended.');
  if (booking.desired === 'stopped') return notNow('It is stopped already.');
  if (isHostEnding(booking)) return notNow('The host breaks it off: it ends by itself. Save what you need.');
  if (liesAhead(booking, now)) return notNow('It has not begun yet. Give it back instead.');
  if (isUnused(booking))
    return notNow(
      booking.kind === 'reserved'
        ? 'It has not started yet. Give it back instead: its page says what that costs.'
        : 'It has not started yet. End it instead: that costs nothing.',
    );
  return isBefore(now, booking.endsAt) ? null : notNow('Its time is over: it is being stopped.');
}

export function whyNotStart(booking: BookingFacts, now: Date): WhyNot | null {
  if (booking.desired === 'ended') return notNow('It has ended. Book anew.');
  if (booking.desired === 'running') return notNow('It runs, or is about to.');
  if (booking.reason === 'interrupted') return notNow('It goes on by itself when its bid wins again.');
  if (isHostEnding(booking)) return notNow('The host breaks it off. Book another machine.');
  if (booking.observed !== 'stopped' && booking.observed !== 'failed')
    return notNow('It is still being stopped. Try again in a moment.');
  if (booking.diskUntil !== null && !isBefore(now, booking.diskUntil))
    return notNow('Its disk is being deleted: the time for which it was kept is over.');
  return null;
}

/** Whether it can end at all; its renter asks `whyNotEndByRenter`. */
export function whyNotEnd(booking: BookingFacts): WhyNot | null {
  return booking.desired === 'ended' ? notNow('It has ended already.') : null;
}

/** Its renter's own lock keeps their own hands off: the end of its time and an empty wallet go on as they would. */
export function whyNotEndByRenter(booking: BookingFacts): WhyNot | null {
  if (booking.desired !== 'ended' && booking.endLockedAt !== null) return { reason: 'endLocked', sentence: END_LOCKED };
  return whyNotEnd(booking);
}

export function whyNotLockEnd(booking: BookingFacts): WhyNot | null {
  if (booking.atExit !== null) return notNow('It runs a job, which ends by itself. Cancel the job if you must.');
  if (booking.endLockedAt !== null) return notNow('It is locked already.');
  return whyNotEnd(booking);
}

export function whyNotUnlockEnd(booking: BookingFacts): WhyNot | null {
  return booking.endLockedAt === null ? notNow('It is not locked.') : whyNotEnd(booking);
}

export function whyNotExtend(booking: BookingFacts, now: Date): WhyNot | null {
  if (booking.kind === 'interruptible') return notNow('It has no end to move: it runs until it yields to somebody.');
  if (booking.atExit !== null) return notNow('It runs a job: it ends when its command does, or when its time is over.');
  if (booking.desired !== 'running') return notNow('It does not run. Start it with the time that you need.');
  if (isHostEnding(booking)) return notNow('The host breaks it off. Book another machine.');
  return isBefore(now, booking.endsAt) ? null : notNow('Its time is over: it is being stopped.');
}

export function whyNotRename(_booking: BookingFacts): WhyNot | null {
  return null;
}

export function whyNotEndByHost(booking: BookingFacts): WhyNot | null {
  if (booking.desired === 'ended') return notNow('It has ended already.');
  return isHostEnding(booking) ? notNow('You have already given notice.') : null;
}

/** What somebody can do with a booking now. */
export const BOOKING_ACTIONS = [
  'connect',
  'stop',
  'start',
  'extend',
  'rename',
  'cancel',
  'end',
  'lockEnd',
  'unlockEnd',
  'endByHost',
  'endByStaff',
] as const;
export type BookingAction = (typeof BOOKING_ACTIONS)[number];

/** Which side of a booking somebody stands on. */
export type Side = 'renter' | 'host' | 'staff';

/** The legal actions of one side: each asks the same predicate as its command. */
export function bookingActions(booking: BookingFacts, side: Side, now: Date): BookingAction[] {
  if (side === 'host') return whyNotEndByHost(booking) === null ? ['endByHost'] : [];
  if (side === 'staff') return whyNotEnd(booking) === null ? ['endByStaff'] : [];
  const legal: [BookingAction, boolean][] = [
    ['connect', booking.desired === 'running' && booking.observed === 'connectable'],
    ['stop', whyNotStop(booking, now) === null],
    ['start', whyNotStart(booking, now) === null],
    ['extend', whyNotExtend(booking, now) === null],
    ['rename', whyNotRename(booking) === null],
    ['cancel', liesAhead(booking, now) && whyNotEndByRenter(booking) === null],
    ['end', whyNotEndByRenter(booking) === null],
    ['lockEnd', whyNotLockEnd(booking) === null],
    ['unlockEnd', whyNotUnlockEnd(booking) === null],
  ];
  return legal.filter(([, may]) => may).map(([action]) => action);
}
