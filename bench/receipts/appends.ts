import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { db, disconnect, inTransaction } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { appendLog } from '#lib/receipts/append-log.ts';
import { signedHead } from '#lib/receipts/queries/log.ts';
import { newSigningKey } from '#protocol/keys.ts';
import { startPostgres } from '../../bin/lib/postgres.mjs';
import { median, say } from '../report.ts';

const ROUNDS = 5;
const A_ROUND = 50_000;

/**
 * How many statements a second get into the log for good: from the queue to entries and a signed head, in a PostgreSQL that
 * is safe on disk (fsync and synchronous_commit on, as it comes). They were verified and stored before.
 */
export async function appendsPerSecond(): Promise<number> {
  const folder = resolve('.sublet/bench-receipts');
  await rm(folder, { recursive: true, force: true });
  const postgres = await startPostgres(folder);
  try {
    const url = postgres.url('postgres');
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'prisma/migrate.ts', 'deploy'], {
      env: { ...process.env, DATABASE_URL: url },
    });
    const pem = () => newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString();
    Object.assign(process.env, {
      DATABASE_URL: url,
      SUBLET_LOG_KEY: pem(),
      SUBLET_LEASE_KEY: pem(),
      LOG_LEVEL: 'warn',
    });
    forgetEnv();
    const [settings] = await db.$queryRaw<{ fsync: string; commit: string }[]>`
      SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`;
    if (settings?.fsync !== 'on' || settings.commit !== 'on') throw new Error('this PostgreSQL is not safe on disk');
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await storeStatements(round * A_ROUND, A_ROUND);
      const server = await processorSeconds();
      const own = process.cpuUsage();
      const began = performance.now();
      const added = await appendLog();
      const seconds = (performance.now() - began) / 1_000;
      rates.push(added / seconds);
      const { user, system } = process.cpuUsage(own);
      const serverMicros = ((await processorSeconds()) - server) * 1e6;
      say({
        round,
        appended: added,
        perSecond: Math.round(added / seconds),
        // What it costs whatever else the machine does: of a processor, for each statement.
        processorMicroseconds: {
          market: Math.round((user + system) / added),
          database: Math.round(serverMicros / added),
        },
      });
    }
    const head = await signedHead();
    if (head === null || head.size < ROUNDS * A_ROUND) throw new Error('not all of them are in the log');
    return median(rates);
  } finally {
    await disconnect();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Statements of rentals as they lie when they were verified and billed, and wait for the log. */
async function storeStatements(from: number, many: number): Promise<void> {
  const text = JSON.stringify({ v: 1, leaseId: 'lse_bench', previous: '0'.repeat(64), filler: 'x'.repeat(300) });
  const signature = randomBytes(64).toString('base64url');
  await inTransaction('bench: statements', async (tx) => {
    // Neither their rentals nor the queue's trigger: the queue is filled at once below.
    await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
    await tx.$executeRaw`
      INSERT INTO statements (lease_id, sequence, payload, signature, hash, starts_at, ends_at, state, gpu_seconds,
        disk_byte_seconds, billed_gpu_seconds, billed_disk_byte_seconds, charged_micros, received_at)
      SELECT 'lse_' || (at % 100), at, ${text}, ${signature}, 'hash' || at, now(), now(), 'running', 60, 0, 60, 0, 0, now()
      FROM generate_series(${from}::int, ${from + many - 1}::int) AS at`;
    await tx.$executeRaw`
      INSERT INTO log_waiting (kind, lease_id, sequence)
      SELECT 'statement', 'lse_' || (at % 100), at FROM generate_series(${from}::int, ${from + many - 1}::int) AS at`;
  });
  await db.$executeRaw`ANALYZE statements`;
}

/** What the processes of this PostgreSQL have used of the processors; 0 where there is no /proc to ask. */
async function processorSeconds(): Promise<number> {
  const [row] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const parent = (await statOf(row?.pid ?? 0))?.parent;
  const processes = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(processes.filter((name) => /^\d+$/.test(name)).map((pid) => statOf(Number(pid))));
  return stats.reduce((sum, stat) => sum + (stat !== null && stat.parent === parent ? stat.seconds : 0), 0);
}

/** proc(5): the parent is the second field after the name in brackets, times are the 12th and 13th, in hundredths. */
async function statOf(pid: number): Promise<{ parent: number; seconds: number } | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.length < 13
    ? null
    : { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
