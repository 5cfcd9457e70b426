import type { WhyNot } from '#lib/base/why-not.ts';
import { type BookingFacts, bookingActions } from './booking.ts';

/*
 * A terminal in a page is ssh from the browser to the container. What the market does for it: it lets a key that the browser made
 * into the rental while the terminal is open, and carries bytes that it cannot read between the page and the gateway's port.
 */

export const TERMINALS_AT_ONCE = 4;
/** So many may be opened for a booking within ten minutes: each is a new revision of its lease. */
export const TERMINAL_RATE = { most: 30, withinSeconds: 600 } as const;
export const TICKET_SECONDS = 30;
/** Whoever carries a terminal gives a sign of life this often; without one it counts as gone after {@link TERMINAL_GONE_SECONDS}. */
export const TERMINAL_SEEN_SECONDS = 20;
export const TERMINAL_GONE_SECONDS = 90;
/** A connection that was lost is taken up again with the same key within this time. */
export const TERMINAL_KEY_SECONDS = 120;
/** Without a key pressed for so long it is closed; and after so long in any case. */
export const TERMINAL_IDLE_SECONDS = 1_800;
export const TERMINAL_MOST_SECONDS = 12 * 3_600;
/** A row of one that is over is kept this long, for whoever asks what happened. */
export const TERMINAL_KEPT_SECONDS = 30 * 86_400;

/** Why a terminal came to its end, and the code that its WebSocket is closed with (RFC 6455 §7.4.2: 4000 and up are ours). */
export const TERMINAL_ENDS = {
  sessionOver: 4_001,
  rentalOver: 4_002,
  closed: 4_003,
  unreachable: 4_004,
  idle: 4_005,
  tooLong: 4_006,
  lost: 4_007,
} as const;
export type TerminalEnd = keyof typeof TERMINAL_ENDS;

/** What decides whether a terminal lives on. */
export type TerminalFacts = {
  readonly endedAt: Date | null;
  readonly sessionLives: boolean;
  readonly connectable: boolean;
  readonly locked: boolean;
};

/** Why a terminal that is open has to end; null while it may go on. */
export function whyTerminalEnds(terminal: TerminalFacts): TerminalEnd | null {
  if (terminal.endedAt !== null || terminal.locked) return 'closed';
  if (!terminal.sessionLives) return 'sessionOver';
  return terminal.connectable ? null : 'rentalOver';
}

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

/** Why no terminal can be opened for a booking now; null when one can. */
export function whyNotTerminal(booking: BookingFacts, locked: boolean, now: Date): WhyNot | null {
  if (locked) return notNow('You switched terminals in pages off for this booking. Use ssh.');
  if (booking.desired === 'ended') return notNow('It has ended. There is nothing left to open a terminal in.');
  if (booking.desired === 'stopped') return notNow('It is stopped. Start it, then open a terminal.');
  if (bookingActions(booking, 'renter', now).includes('connect')) return null;
  return notNow('Its machine is not ready yet. Try again when the page says that it runs.');
}
