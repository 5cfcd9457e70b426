import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME } from './home.mjs';

const PATH = join(HOME, 'bin', 'verify.mjs');

const BANNER = `#!/usr/bin/env node
// Verifies a bill with nothing but Node (20.19 or newer) and this file. Made from cli/verify.ts and protocol/ by
// "npm run generate", and kept in the repository so that it needs no installation; a test holds it to its sources.`;

/** The verifier as one plain file. The same sources give the same text. */
export async function verifyBundle() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: HOME,
    entryPoints: ['cli/verify.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
  });
  const text = outputFiles[0].text.replace(/^#!.*\n/, '');
  return `${BANNER}\n${text}`;
}

/** Writes bin/verify.mjs unless it is as it should be; true when it was not. */
export async function writeVerifyBundle() {
  const text = await verifyBundle();
  if ((await readFile(PATH, 'utf8').catch(() => '')) === text) return false;
  await writeFile(PATH, text, { mode: 0o755 });
  return true;
}
