import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import type { World } from '#lib/base/time.ts';
import { type LiveIndex, liveIndexFrom } from '#lib/catalogue/index/live-index.ts';
import { findOffers } from '#lib/catalogue/queries/find-offers.ts';
import { EVERYTHING, type SearchAsk } from '#lib/catalogue/search.ts';
import { disconnect } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { liveFrom } from '#lib/io/live.ts';
import { startPostgres } from '../bin/lib/postgres.mjs';
import { atLeast, atMost, type Goal, median, quantile, round, say, sayGoals } from './report.ts';
import { chanceFrom, randomAsks } from './search/asks.ts';
import { fillMarket, NOW } from './search/market.ts';
import { duckdbOf, postgresOf, type Rival } from './search/rivals.ts';
import { answerOf, type FlatRow, flatRow, inOnePass, inParts, saidBy } from './search/sql.ts';

/**
 * Searches over many listings: the index as a web process keeps it, read from a real market in PostgreSQL, against PostgreSQL and DuckDB over one flat
 * table. Same machine, same run, in turns. `--listings 100000,1000000`, `--compare N` queries whose answers are compared, `--timed N` of them
 * asked of the rivals in both ways, the better of which counts.
 */
const { values: options } = parseArgs({
  options: {
    listings: { type: 'string', default: '100000,1000000' },
    compare: { type: 'string', default: '1000' },
    timed: { type: 'string', default: '100' },
  },
});
const SIZES = options.listings.split(',').map(Number);
const QUERIES = 1_000;
const ROUNDS = 5;
const PAGE = { take: 50, skip: 0 };
const CHANGES = 100;
const world: World = { now: () => NOW };

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

type Aims = { readonly p99: number; readonly postgres: number; readonly duckdb: number };
const AIMS: Record<number, Aims> = {
  100000: { p99: 1, postgres: 50, duckdb: 20 },
  1000000: { p99: 15, postgres: 10, duckdb: 5 },
};

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const summary = (ms: readonly number[]) => ({
  meanMs: round(mean(ms)),
  p50Ms: round(median(ms)),
  p99Ms: round(quantile(ms, 0.99)),
  worstMs: round(Math.max(...ms)),
});

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, performance.now() - began];
}

function find(index: LiveIndex, ask: SearchAsk, page = PAGE) {
  const found = index.find(null, ask, { by: ask.sort }, page, NOW);
  if (found === null) throw new Error('the index is not exact');
  return found;
}

/** On a machine that is busy enough the news are lost now and then, and everything is read again. */
async function whenExact(live: LiveIndex): Promise<LiveIndex> {
  while (!live.isExact(NOW))
    await new Promise<void>((resolve) => {
      const stop = live.onChange(() => {
        stop();
        resolve();
      });
    });
  return live;
}

/** Everything on offer, as the rivals' table. */
function flatRows(index: LiveIndex): FlatRow[] {
  const everything: SearchAsk = { ...EVERYTHING, trust: 'new', taken: true };
  const rows: FlatRow[] = [];
  for (let part: FlatRow[] | undefined; part === undefined || part.length > 0; rows.push(...part))
    part = find(index, everything, { take: 20_000, skip: rows.length }).rows.map(flatRow);
  return rows;
}

type Times = { readonly all: number[]; readonly settled: number[]; readonly best: number[] };

/** In ms by the clock: of every call, and of each query the median and the best of its rounds: free of the turns that other programs take. */
function timesOf(index: LiveIndex, asks: readonly SearchAsk[]): Times {
  for (const ask of asks.slice(0, 300)) find(index, ask);
  collect();
  const rounds = asks.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    asks.forEach((ask, at) => {
      const began = performance.now();
      find(index, ask);
      rounds[at]?.push(performance.now() - began);
    });
  return { all: rounds.flat(), settled: rounds.map(median), best: rounds.map((ms) => Math.min(...ms)) };
}

/** Compares answers, all of them, and gives the rival's times of those that are timed: the best of both ways, each tried twice. */
async function against(rival: Rival, index: LiveIndex, asks: readonly SearchAsk[], timedQueries: number) {
  const times: number[] = [];
  let different = 0;
  for (const [at, ask] of asks.entries()) {
    const expected = answerOf(saidBy(find(await whenExact(index), ask)));
    const ways = at < timedQueries ? [inOnePass(ask), inParts(ask), inOnePass(ask), inParts(ask)] : [inOnePass(ask)];
    const tried: number[] = [];
    for (const sql of ways) {
      const [said, ms] = await timed(() => rival.ask(sql));
      tried.push(ms);
      if (answerOf(said) !== expected) different += 1;
    }
    if (at < timedQueries) times.push(Math.min(...tried));
  }
  say({
    rival: rival.name,
    timed: times.length,
    meanMs: round(mean(times)),
    p50Ms: round(median(times)),
    compared: asks.length,
    different,
  });
  if (different > 0) throw new Error(`${rival.name} answers differently`);
  return times;
}

/** From just before a price is changed, in a transaction of its own, to the answer that has it; in ms. */
async function delays(index: LiveIndex, client: pg.Client, ids: readonly string[]): Promise<number[]> {
  const taken: number[] = [];
  for (const [at, id] of ids.entries()) {
    // Cheaper than all that moved before, so that it comes first.
    const price = BigInt(CHANGES - at);
    const ask: SearchAsk = { ...EVERYTHING, trust: 'new', taken: true, maxPriceMicrosPerGpuHour: price };
    const began = performance.now();
    const seen = new Promise<number>((resolve) => {
      const stop = index.onChange(() => {
        const found = index.find(null, ask, { by: 'price' }, PAGE, NOW);
        if (found?.rows.some((row) => row.listingId === id) !== true) return;
        stop();
        resolve(performance.now() - began);
      });
    });
    await client.query('UPDATE listings SET price_micros_per_gpu_hour = $1 WHERE id = $2', [price, id]);
    taken.push(await seen);
  }
  return taken;
}

async function measure(listings: number, goals: Goal[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sublet-bench-search-'));
  const postgres = await startPostgres(folder, {
    settings: { shared_buffers: '2GB', work_mem: '128MB', maintenance_work_mem: '512MB', max_wal_size: '8GB' },
  });
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  const news = liveFrom(() => postgres.url('postgres'));
  const ends: (() => unknown)[] = [() => client.end(), () => news.close(), () => disconnect()];
  try {
    process.env.DATABASE_URL = postgres.url('postgres');
    forgetEnv();
    execFileSync(process.execPath, ['prisma/migrate.ts', 'deploy']);
    await client.connect();
    const [, filledMs] = await timed(() => fillMarket(client, listings));
    collect();
    const before = process.memoryUsage();
    const [index, builtMs] = await timed(async () => {
      const live = liveIndexFrom(news, world);
      ends.unshift(() => live.close());
      return whenExact(live);
    });
    collect();
    const after = process.memoryUsage();
    const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    say({ listings, filledMs: Math.round(filledMs), builtMs: Math.round(builtMs), memoryMiB: round(bytes / 2 ** 20) });

    const asks = randomAsks(QUERIES, 4);
    const times = timesOf(await whenExact(index), asks);
    say({
      index: listings,
      calls: times.all.length,
      everyCall: summary(times.all),
      medianOfFive: summary(times.settled),
    });

    const today = asks.slice(0, listings <= 100_000 ? 1 : 0);
    const todayMs: number[] = [];
    for (const ask of today) {
      const [found, ms] = await timed(() => findOffers(null, ask, { by: ask.sort }, PAGE, NOW));
      todayMs.push(ms);
      if (!isDeepStrictEqual(found, find(await whenExact(index), ask)))
        throw new Error('the product’s own SQL answers differently');
    }
    if (todayMs.length > 0)
      say({
        rival: 'lib/catalogue/queries/find-offers.ts, whole answers',
        timed: today.length,
        meanMs: round(mean(todayMs)),
      });

    const rows = flatRows(await whenExact(index));
    const compared = asks.slice(0, Number(options.compare));
    const timedQueries = Number(options.timed);
    const duckdb = await duckdbOf(rows);
    const duckdbMs = await against(duckdb, index, compared, timedQueries);
    duckdb.close();
    const postgresMs = await against(await postgresOf(client, rows), index, compared, timedQueries);
    // Once more beside the rivals, the same queries, the best time of each too: what else runs on the machine changes.
    const again = timesOf(await whenExact(index), asks.slice(0, timedQueries));

    const chance = chanceFrom(5);
    const moved = [
      ...new Set(Array.from({ length: CHANGES }, () => rows[Math.floor(chance() * rows.length)]?.[0] ?? '')),
    ];
    const waits = await delays(index, client, moved);
    say({
      changes: waits.length,
      p50Ms: round(median(waits)),
      p99Ms: round(quantile(waits, 0.99)),
      worstMs: round(Math.max(...waits)),
    });

    const aims = AIMS[listings] ?? { p99: Number.POSITIVE_INFINITY, postgres: 1, duckdb: 1 };
    const of = `${listings.toLocaleString('en')} listings`;
    goals.push(
      atMost(`p99 of every call, ${of}`, quantile(times.all, 0.99), aims.p99, 'ms'),
      atMost(`p99 of queries, each the median of five, ${of}`, quantile(times.settled, 0.99), aims.p99, 'ms'),
      atLeast(`PostgreSQL ÷ index ${of}`, mean(postgresMs) / mean(again.best), aims.postgres, '×'),
      atLeast(`DuckDB ÷ index ${of}`, mean(duckdbMs) / mean(again.best), aims.duckdb, '×'),
      atMost(`a committed change is visible, median ${of}`, median(waits), 100, 'ms'),
    );
  } finally {
    for (const end of ends) await end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const goals: Goal[] = [];
for (const listings of SIZES) await measure(listings, goals);
sayGoals('search', goals);
