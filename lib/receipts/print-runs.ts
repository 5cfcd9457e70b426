/** A stretch of a line that one font draws. */
export type Run = { readonly greek: boolean; readonly text: string };

/** What the fonts of print have shapes for. */
export type Coverage = { readonly own: (codePoint: number) => boolean; readonly greek: (codePoint: number) => boolean };

/**
 * A line in stretches of one font each. What neither font can draw is written by its code points, ‹U+674E U+5C0F›: a name that
 * somebody can look up is better than boxes, and better than a guess at how it is spoken.
 */
export function printRuns(text: string, { own, greek }: Coverage): Run[] {
  const runs: { greek: boolean; text: string }[] = [];
  let unknown: string[] = [];
  const add = (inGreek: boolean, piece: string) => {
    const last = runs.at(-1);
    if (last !== undefined && last.greek === inGreek) last.text += piece;
    else runs.push({ greek: inGreek, text: piece });
  };
  const flush = () => {
    if (unknown.length > 0) add(false, `‹${unknown.join(' ')}›`);
    unknown = [];
  };
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    // Greek first: the font of the pages has a few of its letters, as signs of mathematics, and a word is of one hand.
    if (greek(codePoint)) {
      flush();
      add(true, character);
    } else if (own(codePoint)) {
      flush();
      add(false, character);
    } else unknown.push(`U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`);
  }
  flush();
  return runs;
}
