import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stop } from '../say.mjs';

/**
 * Throws Stop when a Sublet already runs from this folder; else notes that this one does. Resolves to `{ note, release }`: `note` adds facts, for commands
 * beside it; `release` removes the note.
 */
export async function lockFolder(dir, url) {
  const path = join(dir, 'running.json');
  const other = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (other !== undefined && (await bornAt(other.pid)) === other.born) {
    throw new Stop(
      `Sublet already runs from this folder at ${other.url} (process ${other.pid}). End it first: kill ${other.pid}`,
    );
  }
  let facts = { pid: process.pid, born: await bornAt(process.pid), url };
  const note = async (more) => {
    facts = { ...facts, ...more };
    await writeFile(path, JSON.stringify(facts), { mode: 0o600 });
  };
  await note({});
  return { note, release: () => rm(path, { force: true }) };
}

/** When a process began, in the kernel's words; tells it from a later one of the same number. */
async function bornAt(pid) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
