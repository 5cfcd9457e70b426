import { describe, expect, it } from 'vitest';
import { joinLog, type LogPiece } from './log-lines.ts';

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
});
