import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stop } from './say.mjs';

/** The repository's folder. */
export const HOME = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Node 24, where npm puts it on Linux. */
export const NODE = join(HOME, 'node_modules', '.bin', 'node');

/** The Node that runs the product: npm's, or this one where npm has none for this machine and this one is new enough. */
export function nodeForRun() {
  if (existsSync(NODE)) return NODE;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Stop(
    `npm has no Node 24 for ${process.platform} on ${process.arch}. Install Node.js 24 or newer from https://nodejs.org and start again.`,
  );
}

/** One digest over the names and contents of files and folders (relative to the repository); what does not exist counts as empty. */
export async function digestOf(paths, skip = () => false) {
  const hash = createHash('sha256');
  const walk = async (path) => {
    if (skip(path)) return;
    const entries = await readdir(join(HOME, path), { withFileTypes: true }).catch((error) => {
      if (error.code === 'ENOTDIR') return undefined;
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (entries === null) return;
    if (entries === undefined) {
      hash
        .update(`${path}\0`)
        .update(await readFile(join(HOME, path)))
        .update('\0');
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) await walk(join(path, entry.name));
  };
  for (const path of paths) await walk(path);
  return hash.digest('hex');
}
