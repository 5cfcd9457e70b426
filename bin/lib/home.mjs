import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const HOME = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Node 24, as npm brought it. */
export const NODE = join(HOME, 'node_modules', '.bin', 'node');

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
