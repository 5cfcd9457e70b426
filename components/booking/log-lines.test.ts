import { describe, expect, it } from 'vitest';
import { joinLog, type LogPiece, shownLines, unseenSince } from './log-lines.ts';

const piece = (offset: number, text: string): LogPiece => ({
  offset,
  at: '2026-11-23T12:00:00Z',
  stream: 'stdout',
  text,
});

describe('a log that is followed', () => {
  it('shows each piece once, whatever is sent again', () => {
    const log = joinLog(joinLog([], [piece(0, 'a\n'), piece(2, 'b\n')]), [piece(2, 'b\n'), piece(4, 'c\n')]);
    expect(log.map(({ text }) => text).join('')).toBe('a\nb\nc\n');
  });

  it('lets the oldest pieces go when there are too many, and never the newest', () => {
    const long = Array.from({ length: 10 }, (_, index) => piece(index * 60_000, 'x'.repeat(60_000)));
    const kept = joinLog([], long);
    expect(kept.at(-1)?.offset).toBe(540_000);
    expect(kept.length).toBeLessThan(8);
    expect(joinLog([], [piece(0, 'y'.repeat(900_000))])).toHaveLength(1);
  });

  it('is shown line by line, of one stream or of all, and never more lines than a browser bears', () => {
    const log = joinLog([], [piece(0, 'a\nb'), { ...piece(3, 'oh\n'), stream: 'stderr' }, piece(6, 'c\n')]);
    expect(shownLines(log, '').map(({ text }) => text)).toEqual(['a', 'oh', 'bc']);
    expect(shownLines(log, 'stderr').map(({ text }) => text)).toEqual(['oh']);
    const many = shownLines([piece(0, 'x\n'.repeat(9_000))], '');
    expect([many.length, new Set(many.map(({ part }) => part)).size]).toEqual([2_000, 2_000]);
  });

  it('says how much came while it was held still', () => {
    const held = joinLog([], [piece(0, 'a\n')]);
    expect(unseenSince(held, joinLog(held, [piece(2, 'b\n'), piece(4, 'c\n')]))).toBe(2);
    expect(unseenSince([], held)).toBe(1);
  });
});
