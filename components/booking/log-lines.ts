import { readableLog } from '#lib/bookings/log-text.ts';

/** A piece of a log as the API tells it. */
export type LogPiece = { readonly offset: number; readonly at: string; readonly stream: string; readonly text: string };

/** What one page holds of a log: more would make a browser slow. */
const MOST_CHARACTERS = 400_000;

/** Pieces as they are shown, with new ones at the end; of too many the oldest are let go. */
export function joinLog(before: readonly LogPiece[], more: readonly LogPiece[]): readonly LogPiece[] {
  const last = before.at(-1)?.offset ?? -1;
  const fresh = more.filter((piece) => piece.offset > last);
  const all = [...before, ...fresh.map((piece) => ({ ...piece, text: readableLog(piece.text) }))];
  let characters = 0;
  const first = all.findLastIndex((piece) => {
    characters += piece.text.length;
    return characters > MOST_CHARACTERS;
  });
  return first === -1 ? all : all.slice(Math.min(first + 1, all.length - 1));
}
