import { inLetters, wordOf } from '#lib/base/words.ts';
import type { EventKind } from './event.ts';

const SUBJECTS: Readonly<Record<string, string>> = {
  sshKey: 'SSH key',
  twoStep: 'Two-step sign-in',
  request: 'Standing request',
  search: 'Saved search',
  log: 'Public log',
};

/** What happened, where the letters of the kind alone do not say it. */
const HAPPENED: Partial<Readonly<Record<EventKind, string>>> = {
  'account.flagged': 'looks risky',
  'account.flagCleared': 'cleared of looking risky',
  'booking.cancelled': 'given back before it began',
  'booking.connectable': 'its shell answers',
  'booking.hostEnding': 'its host gave notice',
  'booking.idle': 'its GPUs idle',
  'booking.interrupting': 'told that it yields',
  'booking.metered': 'its use was stated',
  'booking.phase': 'its machine came further',
  'booking.shortened': 'ends earlier, for maintenance',
  'calendar.blockSet': 'time taken out',
  'calendar.blockRemoved': 'time given back',
  'calendar.feedMade': 'address for calendar apps made',
  'calendar.feedRevoked': 'address for calendar apps taken back',
  'dispute.due': 'the host let the time to answer pass',
  'listing.bidsSet': 'what it takes of bids was set',
  'log.refused': 'a checkpoint was refused',
  'machine.described': 'its specification changed',
  'wallet.heldCredited': 'a payment in review was credited',
  'wallet.heldGivenBack': 'a payment in review was given back',
  'wallet.topUpHeld': 'a payment waits for review',
};

/** A kind of event as a person reads it in a list: "Booking: end asked" for `booking.endAsked`. Rows may hold kinds that are no longer recorded. */
export function eventWords(kind: string): string {
  const [subject = '', what = ''] = kind.split('.');
  const happened = Object.hasOwn(HAPPENED, kind) ? HAPPENED[kind as EventKind] : undefined;
  const named = wordOf(SUBJECTS, subject);
  return `${named.charAt(0).toUpperCase()}${named.slice(1)}: ${happened ?? inLetters(what)}`;
}
