import { dateWords } from '#lib/base/date-words.ts';
import type { EventFacts } from './event-facts.ts';

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

/** "23 Nov 2026, 14:05 UTC". */
export function instantText(at: Date): string {
  const parts = dateWords('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${parts.format(at)} UTC`;
}

/** " Reason given: …" or nothing. */
export function givenReason(facts: Pick<EventFacts, 'reason'>): string {
  return facts.reason === null || facts.reason === '' ? '' : ` Reason given: ${facts.reason}`;
}
