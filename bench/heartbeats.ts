import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { disconnect } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { startPostgres } from '../bin/lib/postgres.mjs';
import { readSecrets } from '../bin/lib/start/secrets.mjs';
import { endToEnd } from './heartbeats/end-to-end.ts';
import { connectAll, fillMarket, type Identity } from './heartbeats/market.ts';
import { writePathOf } from './heartbeats/write-path.ts';
import { atLeast, atMost, type Goal, median, round, say, sayGoals } from './report.ts';

/**
 * Heartbeats of many machines. The write path: through the market's own command, against one UPDATE per transaction over eight connections, in turns. End
 * to end: simulated agents in processes of their own, with their real protocol over connections that stay open, and what the processes that serve
 * them and PostgreSQL take of the processors. `--agents N --interval 10,1 --seconds S --doors N --clients N`; `--only write|agents`;
 * `--handshake no` connects them by SQL instead, for a quick look; `--profile FOLDER` writes CPU profiles of the doors.
 */
const { values: options } = parseArgs({
  options: {
    agents: { type: 'string', default: '15000' },
    interval: { type: 'string', default: '10,1' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    doors: { type: 'string', default: '1' },
    clients: { type: 'string', default: '2' },
    deaths: { type: 'string', default: '20' },
    handshake: { type: 'string', default: 'yes' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const AGENTS = Number(options.agents);
const INTERVALS = options.interval.split(',').map(Number);
/** What is aimed at is aimed at with a beat each ten seconds. */
const AIMED_SECONDS = 10;

const folder = await mkdtemp(join(tmpdir(), 'sublet-bench-heartbeats-'));
const postgres = await startPostgres(folder, { settings: { shared_buffers: '512MB' } });
const client = new pg.Client({ connectionString: postgres.url('postgres') });
const goals: Goal[] = [];
try {
  Object.assign(process.env, await readSecrets(join(folder, 'secrets')), {
    DATABASE_URL: postgres.url('postgres'),
    SUBLET_DIR: folder,
    SUBLET_AGENTS_APART: '1',
    LOG_LEVEL: 'warn',
  });
  forgetEnv();
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'prisma/migrate.ts', 'deploy']);
  await client.connect();
  const { rows } = await client.query<{ fsync: string }>('SHOW fsync');
  const identities = await fillMarket(client, AGENTS, new Date());
  say({ machines: identities.length, gpus: identities.length * 8, fsync: rows[0]?.fsync });
  if (options.only !== 'agents') await measureWrites(identities.map(({ machineId }) => machineId));
  if (options.only !== 'write') for (const interval of INTERVALS) await measureAgents(identities, interval);
} finally {
  await disconnect();
  await client.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
sayGoals('heartbeats', goals);

async function measureWrites(machineIds: readonly string[]): Promise<void> {
  const writes = await writePathOf(postgres.url('postgres'), machineIds);
  try {
    await writes.batched(1);
    const ratios: number[] = [];
    for (let at = 1; at <= Number(options.rounds); at += 1) {
      const single = await writes.single(5);
      const batched = await writes.batched(5);
      ratios.push(batched / single);
      say({
        round: at,
        singleRowsPerSecond: Math.round(single),
        batchedRowsPerSecond: Math.round(batched),
        ratio: round(batched / single),
      });
    }
    await writes.check();
    goals.push(atLeast('batched heartbeats ÷ one UPDATE per transaction at 8 connections', median(ratios), 10, '×'));
  } finally {
    await writes.close();
  }
}

async function measureAgents(identities: readonly Identity[], intervalSeconds: number): Promise<void> {
  await client.query(`UPDATE machines SET last_sync_at = NULL, session_hash = NULL, sync_sequence = 0`);
  await client.query('TRUNCATE agent_sessions, agent_challenges, silences');
  const known = options.handshake === 'no' ? await connectAll(client, identities, new Date()) : identities;
  const identitiesFile = join(folder, 'identities.json');
  await writeFile(identitiesFile, JSON.stringify(known));
  await client.query('VACUUM ANALYZE');
  const { rows } = await client.query<{ file: string }>(`SELECT pg_read_file('postmaster.pid') AS file`);
  const postmasterPid = Number.parseInt(rows[0]?.file ?? '', 10);
  const measured = await endToEnd({
    client,
    postmasterPid,
    identitiesFile,
    agents: AGENTS,
    intervalSeconds,
    seconds: Number(options.seconds),
    doors: Number(options.doors),
    clients: Number(options.clients),
    deaths: Number(options.deaths),
    profileFolder: options.profile,
  });
  const cores = measured.doorCores + measured.postgresCores;
  const slowest = Math.max(...measured.noticedAfterIntervals);
  say({
    agents: AGENTS,
    intervalSeconds,
    doors: Number(options.doors),
    connectedSeconds: round(measured.connectedMs / 1_000),
    beatsPerSecond: round(measured.beatsPerSecond),
    doorCores: round(measured.doorCores),
    postgresCores: round(measured.postgresCores),
    cores: round(cores),
    doorMicrosecondsPerBeat: round((measured.doorCores / measured.beatsPerSecond) * 1e6),
    postgresMicrosecondsPerBeat: round((measured.postgresCores / measured.beatsPerSecond) * 1e6),
    doorMemoryMiB: round(measured.doorMemoryBytes / 2 ** 20),
    deaths: measured.noticedAfterIntervals.length,
    slowestNoticedAfterIntervals: round(slowest),
    falseAlarms: measured.falseAlarms,
    failedAgents: measured.failedAgents,
  });
  if (intervalSeconds !== AIMED_SECONDS) return;
  const of = `${AGENTS.toLocaleString('en')} agents, a beat each ${intervalSeconds} s`;
  goals.push(
    atLeast(
      `beats that came, of those due: ${of}`,
      (measured.beatsPerSecond * intervalSeconds) / AGENTS,
      0.97,
      'share',
    ),
    atMost(`processor time of doors and PostgreSQL: ${of}`, cores, 1, 'cores'),
    atMost(`a dead host is noticed: ${of}`, slowest, 2, 'intervals'),
    atMost(`false alarms: ${of}`, measured.falseAlarms + measured.newSilences, 0, 'machines'),
    atMost(`agents that were refused or cut: ${of}`, measured.failedAgents, 0, 'agents'),
  );
}
