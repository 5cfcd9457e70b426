/** Marks that turn the direction of writing, join nothing or show nothing: in print they could only mislead. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What somebody typed, as one line that can be printed: at most `most` characters, nothing that hides or turns around the rest. */
export function printable(text: string, most: number): string {
  const line = text.normalize('NFC').replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
