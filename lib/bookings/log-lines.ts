import { readableLog } from './log-text.ts';

/** Where a line comes from: the program's two streams, or the machine's agent. */
export const LOG_STREAMS = ['stdout', 'stderr', 'agent'] as const;
export type LogStream = (typeof LOG_STREAMS)[number];

type Piece<At> = { readonly offset: number; readonly at: At; readonly stream: string; readonly text: string };

/** A line of a log: when and where it began, readable. `offset` is that of its piece and `part` its place in it: together they name it. */
export type LogLine<At> = Piece<At> & { readonly part: number };

/** A program may print without an end of line. */
const LONGEST_LINE = 16_384;

/**
 * Puts pieces, oldest first, together to lines. Streams are put together each for itself, for a program may print half a line on
 * one and go on with the other. `rest` gives what has no end of line yet.
 */
export function lineReader<At>() {
  const open = new Map<string, LogLine<At>>();

  function* read(piece: Piece<At>): Generator<LogLine<At>> {
    const { stream } = piece;
    const words = piece.text.split('\n');
    for (const [part, word] of words.entries()) {
      const begun = open.get(stream);
      const line = begun === undefined ? { ...piece, part, text: word } : { ...begun, text: begun.text + word };
      const ends = part < words.length - 1;
      if (ends || line.text.length > LONGEST_LINE) {
        open.delete(stream);
        yield { ...line, text: readableLog(line.text) };
      } else if (line.text !== '') open.set(stream, line);
    }
  }

  function rest(): LogLine<At>[] {
    const lines = [...open.values()].map((line) => ({ ...line, text: readableLog(line.text) }));
    return lines.sort((a, b) => a.offset - b.offset || a.part - b.part);
  }

  return { read, rest };
}

/** All lines of some pieces, also those without an end. */
export function linesOf<At>(pieces: Iterable<Piece<At>>): LogLine<At>[] {
  const reader = lineReader<At>();
  const lines: LogLine<At>[] = [];
  for (const piece of pieces) lines.push(...reader.read(piece));
  return [...lines, ...reader.rest()];
}
