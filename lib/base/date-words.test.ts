import { expect, it } from 'vitest';
import { dateWords } from './date-words.ts';

it('a formatter is made once, and one for each way of saying it', () => {
  const utc = { dateStyle: 'medium', timeZone: 'UTC' } as const;
  expect(dateWords('en-GB', { ...utc })).toBe(dateWords('en-GB', { ...utc }));
  const at = new Date('2026-11-27T23:30:00Z');
  expect(dateWords('en-GB', utc).format(at)).toBe('27 Nov 2026');
  expect(dateWords('en-GB', { ...utc, timeZone: 'Asia/Tokyo' }).format(at)).toBe('28 Nov 2026');
  expect(dateWords('de', utc).format(at)).toBe('27.11.2026');
  expect(() => dateWords('en-GB', { timeZone: 'Nowhere/At all' })).toThrow(RangeError);
});
