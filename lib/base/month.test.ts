import { describe, expect, it } from 'vitest';
import { addMonths, monthName, monthOf, monthStart, monthsFrom, parseMonth } from './month.ts';

describe('a month', () => {
  it('is read from its text only', () => {
    expect(parseMonth('2026-11')).toBe('2026-11');
    for (const text of ['', '2026', '2026-13', '2026-00', '2026-1', '1999-12', '2026-11-01', "2026-11'", '３026-11'])
      expect(parseMonth(text), text).toBeUndefined();
  });

  it('begins at midnight of its first day and holds its last millisecond', () => {
    expect(monthStart('2026-03').toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(monthOf(new Date(monthStart('2026-03').getTime() - 1))).toBe('2026-02');
    expect(monthOf(new Date(monthStart('2026-04').getTime() - 1))).toBe('2026-03');
  });

  it('counts on over the end of a year, both ways', () => {
    expect(addMonths('2026-11', 2)).toBe('2027-01');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(monthsFrom('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(monthsFrom('2026-02', '2026-01')).toEqual([]);
  });

  it('has a name', () => {
    expect(monthName('2026-11')).toBe('November 2026');
    expect(monthName('2026-11', 'short')).toBe('Nov 2026');
  });
});
