import { expect, it } from 'vitest';
import { EVENT_KINDS } from './event.ts';
import { eventWords } from './event-words.ts';

it('says every kind of event in words of its own', () => {
  const words = EVENT_KINDS.map(eventWords);
  expect(new Set(words).size).toBe(EVENT_KINDS.length);
  for (const said of words) expect(said).toMatch(/^[A-Z][A-Za-z -]+: [a-z][a-z, ]*(GPUs)?[a-z, ]*$/);
  expect(eventWords('booking.endAsked')).toBe('Booking: end asked');
  expect(eventWords('sshKey.added')).toBe('SSH key: added');
});
