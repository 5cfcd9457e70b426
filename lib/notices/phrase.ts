import { dateWords } from '#lib/base/date-words.ts';
import type { EventFacts, TimesShown } from './event-facts.ts';

const NAME_SHOWN = 60;

/** A name that begins a sentence, cut when it is very long. */
export function shown(name: string): string {
  const letters = [...name];
  return letters.length > NAME_SHOWN ? `${letters.slice(0, NAME_SHOWN - 1).join('')}…` : name;
}

/** A name inside a sentence: in quotation marks, and cut when it is very long. */
export function quoted(name: string): string {
  return `“${shown(name)}”`;
}

/** "23 Nov 2026, 14:05 UTC": an instant as its reader wants times shown, with the name of the zone. */
export function instantText(at: Date, { timeZone, locale }: TimesShown = { timeZone: null, locale: null }): string {
  const zone = timeZone ?? 'UTC';
  const written = dateWords(locale ?? 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
  // Some places write a narrow space that not every mail program knows.
  return `${written.format(at).replaceAll('\u202f', ' ')} ${zoneName(at, zone)}`;
}

/** "UTC", "CET", "GMT+9": the zone at that instant. */
function zoneName(at: Date, timeZone: string): string {
  const parts = dateWords('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** " Reason given: …" or nothing. */
export function givenReason(facts: Pick<EventFacts, 'reason'>): string {
  return facts.reason === null || facts.reason === '' ? '' : ` Reason given: ${facts.reason}`;
}
