import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineReader, linesOf } from './log-lines.ts';

const piece = (offset: number, text: string, stream = 'stdout') => ({ offset, at: offset, stream, text });
const texts = (pieces: Parameters<typeof linesOf<number>>[0]) => linesOf(pieces).map(({ text }) => text);

describe('lines of a log', () => {
  it('are the same however what was printed was cut', () => {
    const words = fc.stringMatching(/^[a-z ü🎉\n]{0,60}$/u);
    fc.assert(
      fc.property(words, fc.array(fc.nat(60), { maxLength: 6 }), (printed, cuts) => {
        const letters = [...printed];
        const places = [0, ...cuts.map((cut) => cut % (letters.length + 1)).sort((a, b) => a - b), letters.length];
        const pieces = places
          .slice(1)
          .map((place, index) => piece(places[index] ?? 0, letters.slice(places[index], place).join('')));
        const whole = printed.split('\n');
        expect(texts(pieces)).toEqual(whole.at(-1) === '' ? whole.slice(0, -1) : whole);
      }),
    );
  });

  it('keep two streams apart, and the time and place at which each began', () => {
    const pieces = [
      piece(0, 'half '),
      piece(5, 'oh no\nand', 'stderr'),
      piece(14, 'a line\n'),
      piece(21, ' more\n', 'stderr'),
    ];
    expect(linesOf(pieces)).toEqual([
      { offset: 5, part: 0, at: 5, stream: 'stderr', text: 'oh no' },
      { offset: 0, part: 0, at: 0, stream: 'stdout', text: 'half a line' },
      { offset: 5, part: 1, at: 5, stream: 'stderr', text: 'and more' },
    ]);
  });

  it('are readable, also where a progress bar was cut in two', () => {
    expect(texts([piece(0, '\u001b[1m 10%\r 5'), piece(9, '5%\r100%\u001b[0m\nend')])).toEqual(['100%', 'end']);
  });

  it('end by themselves when a program prints without an end', () => {
    const reader = lineReader<number>();
    const lines = Array.from({ length: 40 }, (_, index) => [...reader.read(piece(index, 'x'.repeat(1_000)))]).flat();
    expect(lines.length).toBe(2);
    expect(lines.every(({ text }) => text.length < 20_000)).toBe(true);
  });
});
