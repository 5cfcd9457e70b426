import type { Billable, BookingKind, Desired, Observed, Reason } from './booking.ts';

/** What is wanted of a booking, as somebody reads it who is not its renter. */
export const WANTED_WORDS: Readonly<Record<Desired, string>> = {
  running: 'that it runs',
  stopped: 'that it rests: no GPU, its disk kept',
  ended: 'that it is over',
};

/** What its machine said last, as a whole sentence would go on after "its machine …". */
export const SEEN_WORDS: Readonly<Record<Observed, string>> = {
  held: 'has not answered yet',
  accepted: 'took it on',
  pulling: 'loads its image',
  starting: 'starts its container',
  connectable: 'runs it, and its shell answers',
  stopping: 'stops it',
  stopped: 'stopped it',
  failed: 'says that it failed',
  ended: 'has nothing of it any more',
};

/** What time costs now. */
export const BILLED_WORDS: Readonly<Record<Billable, string>> = {
  nothing: 'nothing',
  gpuAndDisk: 'GPU and disk',
  disk: 'the disk only',
};

/** By which right a booking has its GPUs. */
export const RIGHT_WORDS: Readonly<Record<BookingKind, string>> = {
  onDemand: 'on demand',
  reserved: 'reserved',
  interruptible: 'interruptible, by a bid',
};

/** Why a booking is no longer what it was booked for, to whoever is not its renter: what they are to do about it is theirs to read. */
const TOLD: Readonly<Record<Reason, string>> = {
  renterStopped: 'Its renter stopped it.',
  idleStopped: 'Its GPUs did nothing for 20 minutes, and its renter wanted it stopped then.',
  renterEnded: 'Its renter ended it.',
  renterCancelled: 'Its renter gave it back before it began.',
  hostEnded: 'Its host broke it off.',
  staffEnded: 'Staff ended it.',
  moneyRanOut: 'The money for it ran out.',
  capReached: 'It reached the cap that its renter set.',
  windowEnded: 'Its time was over.',
  neverReady: 'Its time was over before it could be used.',
  interrupted: 'It yields its GPUs until its bid wins again.',
  diskExpired: 'The time for which its disk was kept is over.',
  jobOver: 'The job that it was part of is over.',
  timeLimit: 'It ran for as long as it was allowed to.',
  machineLost: 'Its machine no longer has it.',
  imageNotFound: 'Its image was not found.',
  imageNotHere: 'Its image is not to be had for its machine.',
  unrunnable: 'What was to run in it cannot run there.',
  pullFailed: 'Its image could not be pulled.',
  startFailed: 'Its container could not be started.',
  shellFailed: 'Its container started, but the shell did not answer.',
  gatewayFailed: 'No way in through the gateway could be opened.',
  noContainerRuntime: 'The container runtime of its machine does not answer.',
  gpuMissing: 'Its machine could not give it its GPU.',
  diskFull: 'The disk of its machine is full.',
  exited: 'The program in its container ended by itself.',
  runtimeStopped: 'The container runtime of its machine was stopped, and it with that.',
  ceilingReached: 'The money set aside for it was used up.',
  leaseInvalid: 'Its machine did not accept the lease.',
};

/** A reason as host and staff read it; null for none, and for one that is none of ours. */
export function reasonTold(reason: string | null): string | null {
  return reason !== null && Object.hasOwn(TOLD, reason) ? TOLD[reason as Reason] : null;
}
