import { phaseIn } from './phase.ts';

const WORDS: Readonly<Record<string, string>> = {
  'booking.made': 'Booked: money and GPU are held',
  'request.booked': 'It was booked for a standing request',
  'booking.connectable': 'The shell answers: billing begins',
  'booking.failed': 'It failed',
  'booking.stopAsked': 'Stop asked for',
  'booking.startAsked': 'Start asked for',
  'booking.endAsked': 'End asked for',
  'booking.cancelled': 'Given back before it began',
  'booking.shortened': 'It ends earlier: the host announced maintenance',
  'booking.extended': 'Its end was moved',
  'booking.stopped': 'Stopped: the GPU is given back',
  'booking.ended': 'Ended: what was left came back',
  'booking.hostEnding': 'The host gave notice',
  'booking.interrupting': 'It yields: told when it is stopped',
  'bid.resumed': 'Its bid takes part again',
  'bid.changed': 'Its bid was changed',
  'bid.closed': 'Its bid is over',
  'booking.moneyLow': 'The money runs low',
  'booking.moneyRanOut': 'The money ran out',
  'booking.windowLate': 'Its window has begun, and its machine does not give it',
  'booking.windowEnding': 'Its time is nearly over',
  'booking.idle': 'Its GPUs idle',
  'booking.idleStopped': 'Stopped by the idle guard',
  'booking.idleGuardSet': 'The idle guard was changed',
  'booking.endLocked': 'Locked against ending',
  'booking.endUnlocked': 'Unlocked: it can be ended again',
  'booking.refunded': 'Refunded',
  'booking.cancellationReturned': 'Its machine was silent: what giving it back cost came back',
  'booking.countersigned': 'Countersigned by the renter for the first time',
  'dispute.opened': 'The charge was contested',
  'dispute.answered': 'One side answered in the dispute',
  'dispute.offered': 'One side made an offer in the dispute',
  'dispute.escalated': 'The dispute was handed to an admin',
  'dispute.due': 'The host let the time to answer pass',
  'dispute.decided': 'The dispute was decided',
  'terminal.opened': 'A terminal was opened in a page',
  'terminal.closed': 'A terminal of a page was closed from elsewhere',
  'terminal.locked': 'Terminals in pages were switched off',
  'dispute.settled': 'The dispute ended without a decision',
  'thread.openedToStaff': 'Staff opened the messages of renter and host, for the dispute',
};

const PHASES: Readonly<Record<string, string>> = {
  accepted: 'The machine accepted',
  pulling: 'Pulling the image',
  starting: 'Starting the container',
  stopping: 'Stopping',
};

/** What an event of a booking says to a person; null when it says nothing to one. */
export function eventWords(kind: string, data: unknown): string | null {
  return (kind === 'booking.phase' ? PHASES[phaseIn(data) ?? ''] : WORDS[kind]) ?? null;
}
