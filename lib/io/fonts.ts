import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The fonts of the pages (Geist, OFL 1.1), as files for what is printed. */
export type PrintFonts = { readonly text: Buffer; readonly strong: Buffer; readonly mono: Buffer };

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
  const [text, strong, mono] = await Promise.all([
    font('geist-sans/Geist-Regular.ttf'),
    font('geist-sans/Geist-SemiBold.ttf'),
    font('geist-mono/GeistMono-Regular.ttf'),
  ]);
  return { text, strong, mono };
}
