import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The address of the database that `npm start` keeps in `dir` while it runs, from the files that it leaves there (the
 * password, and PostgreSQL's own postmaster.pid, whose fourth line is the port); undefined when it does not run or is not ours to read.
 */
export function runningDatabase(dir: string): string | undefined {
  try {
    const password = readFileSync(join(dir, 'postgres', 'password'), 'utf8').trim();
    const port =
      readFileSync(join(dir, 'postgres', 'data', 'postmaster.pid'), 'utf8')
        .split('\n')[3]
        ?.trim() ?? '';
    return /^\d{1,5}$/.test(port) ? `postgresql://sublet:${password}@127.0.0.1:${port}/sublet` : undefined;
  } catch {
    return undefined;
  }
}
