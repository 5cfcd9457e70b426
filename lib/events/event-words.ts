import { inLetters, wordOf } from '#lib/base/words.ts';

const SUBJECTS: Readonly<Record<string, string>> = { sshKey: 'SSH key', twoStep: 'Two-step sign-in' };

/** A kind of event as a person reads it in a list: "Booking: end asked" for `booking.endAsked`. Rows may hold kinds that are no longer recorded. */
export function eventWords(kind: string): string {
  const [subject = '', what = ''] = kind.split('.');
  const named = wordOf(SUBJECTS, subject);
  return `${named.charAt(0).toUpperCase()}${named.slice(1)}: ${inLetters(what)}`;
}
