const WORDS: Record<string, string> = {
  'booking.made': 'Booked; money and GPU are held',
  'booking.connectable': 'The shell answers; billing begins',
  'booking.failed': 'It failed',
  'booking.stopAsked': 'Stop asked for',
  'booking.startAsked': 'Start asked for',
  'booking.endAsked': 'End asked for',
  'booking.extended': 'Its end was moved',
  'booking.stopped': 'Stopped; the GPU is given back',
  'booking.ended': 'Ended; what was left came back',
  'booking.hostEnding': 'The host gave notice',
  'booking.moneyLow': 'The money runs low',
  'booking.moneyRanOut': 'The money ran out',
  'booking.windowEnding': 'Its time is nearly over',
  'booking.refunded': 'Refunded',
};

const PHASES: Record<string, string> = {
  accepted: 'The machine accepted',
  pulling: 'Pulling the image',
  starting: 'Starting the container',
  connectable: 'The shell answers',
  stopping: 'Stopping',
  stopped: 'Stopped',
  failed: 'It failed',
  ended: 'The machine removed it',
};

/** What an event of a booking says to a person. */
export function eventWords(kind: string, data: unknown): string {
  if (
    kind === 'booking.phase' &&
    typeof data === 'object' &&
    data !== null &&
    'phase' in data &&
    typeof data.phase === 'string'
  ) {
    return PHASES[data.phase] ?? data.phase;
  }
  return WORDS[kind] ?? kind;
}
