import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/** PostgreSQL's own benchmark, or a sentence that says how to get it. */
export function findPgbench(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
  const found = ['pgbench', ...versions.map((version) => join(DEBIAN, version, 'bin', 'pgbench'))].find(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (found === undefined)
    throw new Error('pgbench is not on this machine. Get it by: sudo apt-get install postgresql-contrib');
  return found;
}

/** Makes pgbench's own tables in an empty database, a branch for each client and more. */
export async function preparePgbench(program: string, url: string): Promise<void> {
  await execute(program, ['-i', '-q', '-s', '10', url]);
}

/** Its own script, as everybody knows it. */
const TPC_B = ['-b', 'tpcb-like'];

/** Transactions per second of its TPC-B-like script, or another, with prepared statements, by eight clients for some seconds. */
export async function runPgbench(
  program: string,
  url: string,
  seconds: number,
  { clients = 8, script = TPC_B }: { readonly clients?: number; readonly script?: readonly string[] } = {},
): Promise<number> {
  const args = ['-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), ...script, '-n', url];
  const { stdout } = await execute(program, args);
  const tps = /tps = ([\d.]+) \(without initial connection time\)/.exec(stdout)?.[1];
  if (tps === undefined) throw new Error(`pgbench said no figure: ${stdout}`);
  return Number(tps);
}
