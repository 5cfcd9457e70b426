import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { db, disconnect, inTransaction } from '#lib/io/db.ts';
import { holdMoney } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { captureDrafts, creditDraft, type TransferDraft } from '#lib/ledger/transfer.ts';
import { startPostgres } from '../bin/lib/postgres.mjs';
import { checkCharges, prepareMachines, settledPerSecond } from './ledger/usage.ts';
import { findPgbench, preparePgbench, runPgbench } from './pgbench.ts';
import { atLeast, atMost, median, quantile, round, say, sayGoals } from './report.ts';

/**
 * Committed transfers per second through the step that settles metered charges, against pgbench on the same server in the
 * same run, with fsync on. A commit settles many leases, each with a transfer to its host and one to the platform, whose
 * account is in every commit.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    leases: { type: 'string', default: '200' },
    writers: { type: 'string', default: '2' },
  },
});
const SECONDS = Number(values.seconds);
const RENTERS = 1_000;
const HOSTS = 100;
const NOW = new Date('2026-11-23T12:00:00Z');

type Way = { readonly name: string; readonly leases: number; readonly writers: number };
/**
 * What is aimed at: a settling of many leases, by several processes or by one (which waits for nobody). Beside it, what one
 * machine of eight rentals sends by itself.
 */
const MANY: Way = {
  name: `${values.leases} leases a commit`,
  leases: Number(values.leases),
  writers: Number(values.writers),
};
const ONE_WRITER: Way = { name: 'the same by one writer', leases: MANY.leases, writers: 1 };
const ONE_MACHINE: Way = { name: 'one machine of eight leases a commit', leases: 8, writers: 8 };

let commits = 0;
const holds = new Map<string, string>();

async function prepare(): Promise<void> {
  for (let at = 0; at < RENTERS; at += 1) {
    const renterId = `usr_renter${at}`;
    await inTransaction('bench: pay in', async (tx) => {
      await postTransfers(
        tx,
        [creditDraft({ userId: renterId, amountMicros: 10n ** 12n, source: 'market', key: `top:${at}` })],
        NOW,
      );
      const hold = { renterId, bookingId: `bkg_${at}`, amountMicros: 10n ** 12n, key: `hold:${at}` };
      holds.set(renterId, await holdMoney(tx, hold, NOW));
    });
  }
}

/** What some leases used, as the statements of their machines say it. */
function captures(leases: number): TransferDraft[] {
  commits += 1;
  const first = (commits * 7_919) % RENTERS;
  return Array.from({ length: leases }, (_, at) => {
    const renter = (first + at) % RENTERS;
    const renterId = `usr_renter${renter}`;
    return captureDrafts({
      renterId,
      hostId: `usr_host${renter % HOSTS}`,
      bookingId: `bkg_${renter}`,
      holdId: holds.get(renterId) ?? '',
      creditMicros: 900n,
      feeMicros: 100n,
      key: `capture:lse_${renter}:${commits}`,
    });
  }).flat();
}

const settle = (drafts: readonly TransferDraft[]) =>
  inTransaction('bench: settle', (tx) => postTransfers(tx, drafts, new Date()));

type Measured = { readonly perSecond: number; readonly p50: number; readonly p99: number };

async function run(way: Way, seconds: number): Promise<Measured & { readonly last: readonly TransferDraft[] }> {
  const took: number[] = [];
  let last: readonly TransferDraft[] = [];
  const began = performance.now();
  const until = began + seconds * 1_000;
  const writer = async () => {
    while (performance.now() < until) {
      const drafts = captures(way.leases);
      const start = performance.now();
      await settle(drafts);
      took.push(performance.now() - start);
      last = drafts;
    }
  };
  await Promise.all(Array.from({ length: way.writers }, writer));
  const lasted = (performance.now() - began) / 1_000;
  return {
    perSecond: (took.length * way.leases * 2) / lasted,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    last,
  };
}

/** Throws unless what was settled once moves nothing when it is settled again, and everything together is zero. */
async function checkBooks(again: readonly (readonly TransferDraft[])[]): Promise<bigint> {
  const sums = () => db.$queryRaw<{ sum: bigint; moved: bigint }[]>`
    SELECT (SELECT sum(balance_micros) FROM accounts)::bigint AS sum, (SELECT sum(amount_micros) FROM transfers)::bigint AS moved`;
  const [before] = await sums();
  for (const drafts of again) {
    if ((await settle(drafts)).some(({ fresh }) => fresh)) throw new Error('a retry moved money again');
  }
  const [after] = await sums();
  if (after?.sum !== 0n || after.moved !== before?.moved) throw new Error('the books do not add up');
  const wrong = await db.$queryRaw<{ id: string }[]>`
    SELECT a.id FROM accounts a WHERE a.balance_micros <> coalesce((SELECT sum(amount_micros) FROM transfers WHERE credit_account_id = a.id), 0)
      - coalesce((SELECT sum(amount_micros) FROM transfers WHERE debit_account_id = a.id), 0)`;
  if (wrong.length > 0) throw new Error(`${wrong.length} balances are not what was moved`);
  return after.moved;
}

const pgbench = findPgbench();
const folder = await mkdtemp(join(tmpdir(), 'sublet-bench-'));
const postgres = await startPostgres(folder);
try {
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
  await admin.connect();
  for (const name of ['ledger', 'tpcb']) await admin.query(`CREATE DATABASE ${name}`);
  const { rows } = await admin.query('SHOW fsync');
  await admin.end();
  process.env.DATABASE_URL = postgres.url('ledger');
  const migrated = spawnSync(process.execPath, ['prisma/migrate.ts', 'deploy'], { encoding: 'utf8' });
  if (migrated.status !== 0) throw new Error(migrated.stderr);
  await preparePgbench(pgbench, postgres.url('tpcb'));
  await prepare();
  await run(MANY, 2);
  const machines = await prepareMachines();
  await settledPerSecond(machines, 'together', 2);

  const ratios: number[] = [];
  const many: Measured[] = [];
  const alone: (Measured & { readonly ratio: number })[] = [];
  const gains: number[] = [];
  const again: (readonly TransferDraft[])[] = [];
  for (let at = 1; at <= Number(values.rounds); at += 1) {
    const tps = await runPgbench(pgbench, postgres.url('tpcb'), SECONDS);
    const { last, ...measured } = await run(MANY, SECONDS);
    const { last: lastAlone, ...byOne } = await run(ONE_WRITER, SECONDS);
    const one = await run(ONE_MACHINE, Math.ceil(SECONDS / 2));
    const together = await settledPerSecond(machines, 'together', 2 * SECONDS);
    const apart = await settledPerSecond(machines, 'each by itself', Math.ceil(SECONDS / 2));
    gains.push(together.statementsPerSecond / apart.statementsPerSecond);
    many.push(measured);
    ratios.push(measured.perSecond / tps);
    alone.push({ ...byOne, ratio: byOne.perSecond / tps });
    again.push(last, lastAlone, one.last);
    say({
      round: at,
      fsync: rows[0]?.fsync,
      pgbenchTps: Math.round(tps),
      [MANY.name]: figures(measured, tps),
      [ONE_WRITER.name]: figures(byOne, tps),
      [ONE_MACHINE.name]: figures(one, tps),
      'signed statements of 125 machines, verified and charged': {
        together: statementFigures(together, tps),
        'each machine by itself': statementFigures(apart, tps),
      },
    });
  }
  say({ microsMoved: (await checkBooks(again)).toString(), sum: 0, retriesThatMovedMoney: 0 });
  await checkCharges(machines);
  say({ statementsSettledTogetherOverByThemselves: round(median(gains)) });
  const ratio = median(ratios);
  const p99 = median(many.map((one) => one.p99));
  sayGoals('ledger', [
    atLeast('committed transfers per second ÷ pgbench tps', ratio, 8, '×'),
    atMost('p99 of a commit', p99, 100, 'ms'),
    atLeast(
      'stretch: transfers per second ÷ pgbench tps, by one writer',
      median(alone.map((one) => one.ratio)),
      5,
      '×',
    ),
    atMost('stretch: p99 of its commits', median(alone.map((one) => one.p99)), 50, 'ms'),
  ]);
} finally {
  await disconnect();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Each statement is two transfers here: to its host, and the fee. */
function statementFigures(settled: Awaited<ReturnType<typeof settledPerSecond>>, tps: number) {
  const { statementsPerSecond, p50, p99, marketMicros } = settled;
  const ratio = round((2 * statementsPerSecond) / tps);
  return {
    statementsPerSecond: Math.round(statementsPerSecond),
    ratio,
    p50Ms: round(p50),
    p99Ms: round(p99),
    processorMicrosInTheMarket: Math.round(marketMicros),
  };
}

function figures(measured: Measured, tps: number) {
  return {
    transfersPerSecond: Math.round(measured.perSecond),
    ratio: round(measured.perSecond / tps),
    p50Ms: round(measured.p50),
    p99Ms: round(measured.p99),
  };
}
