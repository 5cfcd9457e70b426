import { type LogLine, linesOf } from '#lib/bookings/log-lines.ts';

/** A piece of a log as the API tells it. */
export type LogPiece = { readonly offset: number; readonly at: string; readonly stream: string; readonly text: string };
export type ShownLine = LogLine<string>;

/** What one page holds of a log: more would make a browser slow. */
const MOST_CHARACTERS = 400_000;
const MOST_LINES = 2_000;

/** Pieces as they came, with new ones at the end; of too many the oldest are let go. */
export function joinLog(before: readonly LogPiece[], more: readonly LogPiece[]): readonly LogPiece[] {
  const last = before.at(-1)?.offset ?? -1;
  const all = [...before, ...more.filter((piece) => piece.offset > last)];
  let characters = 0;
  const first = all.findLastIndex((piece) => {
    characters += piece.text.length;
    return characters > MOST_CHARACTERS;
  });
  return first === -1 ? all : all.slice(Math.min(first + 1, all.length - 1));
}

/** The lines of the pieces that come from a stream, or from any: the newest of too many. */
export function shownLines(pieces: readonly LogPiece[], stream: string): readonly ShownLine[] {
  const wanted = stream === '' ? pieces : pieces.filter((piece) => piece.stream === stream);
  return linesOf(wanted).slice(-MOST_LINES);
}

/** How many pieces came after the last of those that are shown. */
export function unseenSince(shown: readonly LogPiece[], pieces: readonly LogPiece[]): number {
  const last = shown.at(-1)?.offset ?? -1;
  return pieces.filter(({ offset }) => offset > last).length;
}
