/**
 * A word of the code in letters that a sentence can hold: "notAsDescribed" is "not as described". For what no table of words
 * knows, as rows of an older release may hold.
 */
export function inLetters(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}

/** What a stored value is called: the word that `words` have for it, else its own letters. Nothing is shown as the code has it. */
export function wordOf(words: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? '') : inLetters(value);
}

/** The most letters of a name in the title of a page, and in a sentence. */
const SHORT_NAME = 60;

/** A name that somebody chose, for where it cannot be read whole: as many letters as fit, and a sign that there are more. */
export function shortName(name: string): string {
  const letters = [...new Intl.Segmenter('en').segment(name)];
  if (letters.length <= SHORT_NAME) return name;
  return `${letters
    .slice(0, SHORT_NAME)
    .map(({ segment }) => segment)
    .join('')
    .trimEnd()}…`;
}
