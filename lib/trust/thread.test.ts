import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '#lib/base/time.ts';
import { cleanText, howToTell, messageProblem, QUIET_MS, rateProblem, WRITE_DAYS, whyNotWrite } from './thread.ts';

const now = new Date('2026-11-23T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);

describe('what is kept of a text', () => {
  it('is its words and lines, without what shows nothing or turns the direction of others', () => {
    expect(cleanText('  a\r\nb\rc\u0000\u0007\u202egnp.exe\ufeff\n\n\n\n\n\nd\t ')).toBe('a\nb\ncgnp.exe\n\n\nd');
    expect(cleanText('👩🏽‍🚀 שלום Grüße')).toBe('👩🏽‍🚀 שלום Grüße');
    expect(cleanText(' \n\t ')).toBe('');
  });

  it('stays as it is when it is cleaned again, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });

  it('is refused when it is empty or too long, by characters as a person counts them', () => {
    expect(messageProblem('')).toBe('Write something.');
    expect(messageProblem('🚀'.repeat(2_000))).toBeNull();
    expect(messageProblem('🚀'.repeat(2_001))).toContain('this has 2001');
  });
});

describe('who may write how much', () => {
  it('is open until a month after the end', () => {
    expect(whyNotWrite({ endedAt: null }, now)).toBeNull();
    expect(whyNotWrite({ endedAt: ago(WRITE_DAYS * DAY - 1) }, now)).toBeNull();
    expect(whyNotWrite({ endedAt: ago(WRITE_DAYS * DAY) }, now)?.reason).toBe('notNow');
  });

  it('is ten messages a minute and sixty an hour', () => {
    const times = (count: number, ms: number) => Array.from({ length: count }, () => ago(ms));
    expect(rateProblem(times(9, 1_000), now)).toBeNull();
    expect(rateProblem(times(10, 1_000), now)).toContain('10 messages within a minute');
    expect(rateProblem(times(59, 2 * MINUTE), now)).toBeNull();
    expect(rateProblem(times(60, 2 * MINUTE), now)).toContain('60 messages within an hour');
  });
});

describe('telling the other side', () => {
  it('rings and mails at first', () => {
    expect(howToTell({ unreadBefore: false, toldAt: null, mailedAt: null }, now)).toEqual({ bell: true, mail: true });
  });

  it('rings again soon for somebody who had read all, and mails no sooner than half an hour later', () => {
    const told = { unreadBefore: false, toldAt: ago(3 * MINUTE), mailedAt: ago(3 * MINUTE) };
    expect(howToTell(told, now)).toEqual({ bell: true, mail: false });
    expect(howToTell({ ...told, toldAt: ago(MINUTE) }, now).bell).toBe(false);
    expect(howToTell({ ...told, unreadBefore: true }, now)).toEqual({ bell: false, mail: false });
    expect(howToTell({ unreadBefore: true, toldAt: ago(QUIET_MS), mailedAt: ago(QUIET_MS) }, now)).toEqual({
      bell: true,
      mail: true,
    });
  });
});
