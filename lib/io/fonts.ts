import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coverageOf } from './font-coverage.ts';

/** The fonts of the pages (Geist, OFL 1.1), and for Greek, which it lacks, Noto Sans (OFL 1.1), as files for what is printed. */
export type PrintFonts = {
  readonly text: Buffer;
  readonly strong: Buffer;
  readonly mono: Buffer;
  readonly greekText: Buffer;
  readonly greekStrong: Buffer;
  /** What the first two, and the two of Greek, have shapes for. */
  readonly coverage: { readonly own: (codePoint: number) => boolean; readonly greek: (codePoint: number) => boolean };
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

/** Read once a process, from the package that the pages take them from. */
export function printFonts(): Promise<PrintFonts> {
  read ??= readFonts().catch((error: unknown) => {
    read = undefined;
    throw error;
  });
  return read;
}

async function readFonts(): Promise<PrintFonts> {
  const font = (name: string) => readFile(join(process.cwd(), 'node_modules/geist/dist/fonts', name));
  const greek = (name: string) => readFile(join(process.cwd(), 'public/fonts', name));
  const [text, strong, mono, greekText, greekStrong] = await Promise.all([
    font('geist-sans/Geist-Regular.ttf'),
    font('geist-sans/Geist-SemiBold.ttf'),
    font('geist-mono/GeistMono-Regular.ttf'),
    greek('noto-sans-greek-regular.woff'),
    greek('noto-sans-greek-semibold.woff'),
  ]);
  const coverage = {
    own: coverageOf(text),
    greek: (codePoint: number) => GREEK.some(([from, to]) => codePoint >= from && codePoint <= to),
  };
  return { text, strong, mono, greekText, greekStrong, coverage };
}
