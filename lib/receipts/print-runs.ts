/** Which font draws a stretch: the one of the pages, the one for Greek, or the one that the operators of a market chose for more. */
export type Hand = 'own' | 'greek' | 'more';

/** A stretch of a line that one font draws. */
export type Run = { readonly hand: Hand; readonly text: string };

/** What the fonts of print have shapes for. */
export type Coverage = Readonly<Record<Hand, (codePoint: number) => boolean>>;

/** Greek first: the font of the pages has a few of its letters, as signs of mathematics, and a word is of one hand. */
const ORDER: readonly Hand[] = ['greek', 'own', 'more'];

/**
 * A line in stretches of one font each. What no font can draw is written by its code points, ‹U+674E U+5C0F›: a name that
 * somebody can look up is better than boxes, and better than a guess at how it is spoken.
 */
export function printRuns(text: string, coverage: Coverage): Run[] {
  const runs: { hand: Hand; text: string }[] = [];
  let unknown: string[] = [];
  const add = (hand: Hand, piece: string) => {
    const last = runs.at(-1);
    if (last !== undefined && last.hand === hand) last.text += piece;
    else runs.push({ hand, text: piece });
  };
  const flush = () => {
    if (unknown.length > 0) add('own', `‹${unknown.join(' ')}›`);
    unknown = [];
  };
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const hand = ORDER.find((each) => coverage[each](codePoint));
    if (hand === undefined) unknown.push(`U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`);
    else {
      flush();
      add(hand, character);
    }
  }
  flush();
  return runs;
}
