import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes a state folder for this process alone; returns the way to give it back. The kernel gives it back too, however the
 * process ends. Throws a sentence when another agent has it.
 */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.sqlite'));
  try {
    database.exec('PRAGMA busy_timeout = 500; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error(
      `Another agent already runs from ${folder}. End it first (systemctl stop sublet-agent), or use another --dir.`,
    );
  }
  return () => database.close();
}
