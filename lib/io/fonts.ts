import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coverageOf } from './font-coverage.ts';
import { log } from './log.ts';

/** The fonts of the pages (Geist, OFL 1.1), and for Greek, which it lacks, Noto Sans (OFL 1.1), as files for what is printed. */
export type PrintFonts = {
  readonly text: Buffer;
  readonly strong: Buffer;
  readonly mono: Buffer;
  readonly greekText: Buffer;
  readonly greekStrong: Buffer;
  /** A font of the operators' for other scripts (`SUBLET_INVOICE_FONT`); null without one. */
  readonly more: Buffer | null;
  /** What the first two, the two of Greek, and that one have shapes for. */
  readonly coverage: Readonly<Record<'own' | 'greek' | 'more', (codePoint: number) => boolean>>;
};

/** The range of the two files in public/fonts: @fontsource/noto-sans 5.3.0, subset `greek`. */
const GREEK = [
  [0x0370, 0x0377],
  [0x037a, 0x037f],
  [0x0384, 0x038a],
  [0x038c, 0x038c],
  [0x038e, 0x03a1],
  [0x03a3, 0x03ff],
] as const;

let read: Promise<PrintFonts> | undefined;

/** Read once a process, from the package that the pages take them from; `chosen` is the file of the operators, if they named one. */
export function printFonts(chosen?: string): Promise<PrintFonts> {
  read ??= readFonts(chosen).catch((error: unknown) => {
    read = undefined;
    throw error;
  });
  return read;
}

/** The same, read anew. */
export async function readFonts(chosen?: string): Promise<PrintFonts> {
  const font = (name: string) => readFile(join(process.cwd(), 'node_modules/geist/dist/fonts', name));
  const greek = (name: string) => readFile(join(process.cwd(), 'public/fonts', name));
  const [text, strong, mono, greekText, greekStrong] = await Promise.all([
    font('geist-sans/Geist-Regular.ttf'),
    font('geist-sans/Geist-SemiBold.ttf'),
    font('geist-mono/GeistMono-Regular.ttf'),
    greek('noto-sans-greek-regular.woff'),
    greek('noto-sans-greek-semibold.woff'),
  ]);
  const more = await chosenFont(chosen);
  const coverage = {
    own: coverageOf(text),
    more: more === null ? () => false : coverageOf(more),
    greek: (codePoint: number) => GREEK.some(([from, to]) => codePoint >= from && codePoint <= to),
  };
  return { text, strong, mono, greekText, greekStrong, more, coverage };
}

/** TrueType outlines (two ways to say so) and CFF outlines: OpenType 1.9, table directory. */
const FONT_BEGINS: ReadonlySet<string> = new Set(['00010000', '74727565', '4f54544f']);
const COLLECTION_BEGINS = '74746366';

/**
 * A font file as the operators named it. Where it cannot be used it is said in the log and invoices go on without it: what it
 * would draw is written by code points, as without one.
 */
async function chosenFont(path: string | undefined): Promise<Buffer | null> {
  if (path === undefined) return null;
  try {
    const font = await readFile(/*turbopackIgnore: true*/ path);
    const begins = font.toString('hex', 0, 4);
    if (begins === COLLECTION_BEGINS) throw new Error('it is a collection (.ttc); name a file with one font');
    if (!FONT_BEGINS.has(begins)) throw new Error('it is no TrueType or OpenType font');
    coverageOf(font);
    return font;
  } catch (error) {
    log.error({ err: error, path }, 'SUBLET_INVOICE_FONT cannot be used; invoices are made without it');
    return null;
  }
}
