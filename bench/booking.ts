import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Actor, THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { chooseGpus } from '#lib/bookings/free-gpus.ts';
import { type BookingDraft, makeBookings } from '#lib/bookings/make-bookings.ts';
import type { Terms } from '#lib/bookings/terms.ts';
import { lockOffers } from '#lib/catalogue/lock-offer.ts';
import { db, disconnect, inTransaction } from '#lib/io/db.ts';
import { booksProblems } from '#lib/ledger/queries.ts';
import { newSigningKey } from '#protocol/keys.ts';
import { startPostgres } from '../bin/lib/postgres.mjs';
import { fight } from './booking/fight.ts';
import { addPlaces, prepareFloor, runFloor } from './booking/floor.ts';
import {
  beat,
  GPUS_A_MACHINE,
  type Listing,
  makeMachines,
  makeRenters,
  quoteAll,
  type Wanted,
} from './booking/market.ts';
import { findPgbench, preparePgbench, runPgbench } from './pgbench.ts';
import { atLeast, atMost, median, quantile, round, say, sayGoals } from './report.ts';

/**
 * Durable bookings per second (exclusion constraint, hold, event; fsync on) against pgbench on the same server in the same
 * run: one by one through the command, and many in one transaction through the step that places; beside each, what PostgreSQL
 * alone needs for the same rows. Then many who fight over
 * few GPUs: nobody has one that somebody else has, and nobody pays for what they did not get.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    batch: { type: 'string', default: '200' },
    writers: { type: 'string', default: '2' },
    machines: { type: 'string', default: '2500' },
    fight: { type: 'string', default: '20' },
    floor: { type: 'string', default: '3' },
  },
});
const SECONDS = Number(values.seconds);
const CLIENTS = 8;
const RENTERS = 1_000;
const FIGHTERS = 64;
/** Bookings that are there before anything is measured, and machines for those that warm it up. */
const HISTORY = 8_000;
const WARM_MACHINES = 500;

const TERMS: Terms = {
  priceMicrosPerGpuHour: 2_000_000n,
  diskPriceMicrosPerGibMonth: 100_000n,
  feeBasisPoints: 1_000,
  gpuCount: 1,
  gpuModel: 'H100',
  diskBytes: 2n ** 30n,
  limits: { cpuMillis: 12_000, memoryBytes: 2n ** 35n, pids: 4_096 },
};

type Measured = { readonly perSecond: number; readonly p50: number; readonly p99: number };

/** Runs `work` over and over at so many at once until the time is over. Throws when there is nothing more to do before. */
async function measure(atOnce: number, seconds: number, work: () => Promise<number>): Promise<Measured> {
  const took: number[] = [];
  let done = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const worker = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      const made = await work();
      if (made === 0) throw new Error('Everything is rented before the time is over: ask for more --machines.');
      took.push(performance.now() - start);
      done += made;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const perSecond = (done * 1_000) / (performance.now() - began);
  return { perSecond, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

/** One booking of one GPU, as a browser asks for it. */
function bookOne(wanted: Wanted[]): () => Promise<number> {
  return async () => {
    const next = wanted.pop();
    if (next === undefined) return 0;
    await bookListing(next.renter, {
      quoteId: next.quoteId,
      image: 'sublet/busybox:latest',
      command: null,
      environment: {},
      capMicros: null,
      idempotencyKey: randomUUID(),
    });
    return 1;
  };
}

/** As many bookings as a batch has, each for somebody else, on machines that are locked and looked at again, in one commit. */
function placeMany(listings: Listing[], renters: readonly Actor[]): () => Promise<number> {
  const each = Math.ceil(Number(values.batch) / GPUS_A_MACHINE);
  return async () => {
    const machines = listings.splice(-each);
    if (machines.length < each) return 0;
    const now = new Date();
    const made = await inTransaction('bench: place', async (tx) => {
      const drafts: BookingDraft[] = [];
      const listingIds = machines.map(({ id }) => id);
      for (const offer of await lockOffers(tx, listingIds, now)) {
        const wish = {
          renterId: '',
          gpuCount: GPUS_A_MACHINE,
          durationSeconds: 3_600,
          again: false,
          blocked: false,
          noticeSeconds: 120,
        };
        const free = chooseGpus(offer, wish, now);
        if (free.whyNot !== null) throw new Error(free.whyNot.sentence);
        for (const gpu of free.gpus) drafts.push(draftOf(offer, gpu, renters, now));
      }
      return makeBookings(tx, THE_MARKET, drafts, now);
    });
    return made.length;
  };
}

/** The same rows written by PostgreSQL alone: as many a commit as the clients who wait together, and as a batch has. */
async function measureFloor(script: string): Promise<{ readonly single: number; readonly batch: number }> {
  await addPlaces(await makeMachines(Number(values.machines) * 3));
  const [url, seconds] = [postgres.url('booking'), Number(values.floor)];
  const run = (many: number, clients: number) => runFloor(pgbench, url, { script, many, clients, seconds });
  return { single: await run(CLIENTS, 1), batch: await run(Number(values.batch), Number(values.writers)) };
}

let placed = 0;
function draftOf(
  offer: BookingDraft['offer'],
  gpu: BookingDraft['gpus'][number],
  renters: readonly Actor[],
  now: Date,
): BookingDraft {
  placed += 1;
  return {
    bookingId: newId('booking', now),
    leaseId: newId('lease', now),
    kind: 'onDemand',
    renterId: renters[placed % renters.length]?.userId ?? '',
    quoteId: null,
    offer,
    gpus: [gpu],
    terms: TERMS,
    workload: { name: 'job', image: 'docker.io/sublet/busybox:latest', command: ['true'], sealedEnvironment: null },
    capMicros: null,
    idempotencyKey: randomUUID(),
    startsAt: now,
    endsAt: addSeconds(now, 3_600),
  };
}

const pgbench = findPgbench();
const folder = await mkdtemp(join(tmpdir(), 'sublet-bench-'));
const postgres = await startPostgres(folder);
try {
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
  await admin.connect();
  for (const name of ['booking', 'tpcb']) await admin.query(`CREATE DATABASE ${name}`);
  const { rows } = await admin.query('SHOW fsync');
  await admin.end();
  setEnvironment(postgres.url('booking'));
  const migrated = spawnSync(process.execPath, ['prisma/migrate.ts', 'deploy'], { encoding: 'utf8' });
  if (migrated.status !== 0) throw new Error(migrated.stderr);
  await preparePgbench(pgbench, postgres.url('tpcb'));
  const renters = await makeRenters(RENTERS);
  // A market with a past: the database plans for tables that are not empty.
  const past = await makeMachines(HISTORY / GPUS_A_MACHINE + WARM_MACHINES);
  const wanted = await quoteAll(past.splice(-WARM_MACHINES), renters);
  for (const place = placeMany(past, renters); past.length > 0; ) await place();
  await db.$executeRaw`ANALYZE`;
  // Connections keep plans, and what they cost when the tables were empty: these are new, as those of a market are that rested a while.
  await disconnect();
  await measure(CLIENTS, 2, bookOne(wanted));

  const floorScript = await prepareFloor(folder);
  const ratios = {
    single: [] as number[],
    batch: [] as number[],
    floorSingle: [] as number[],
    floorBatch: [] as number[],
  };
  for (let at = 1; at <= Number(values.rounds); at += 1) {
    const quoted = await quoteAll(await makeMachines(Number(values.machines)), renters);
    const free = await makeMachines(Number(values.machines) * 3);
    const tps = await runPgbench(pgbench, postgres.url('tpcb'), SECONDS);
    await beat(new Date());
    const single = await measure(CLIENTS, SECONDS, bookOne(quoted));
    await beat(new Date());
    const batch = await measure(Number(values.writers), SECONDS, placeMany(free, renters));
    const floor = await measureFloor(floorScript);
    ratios.floorSingle.push(floor.single / tps);
    ratios.floorBatch.push(floor.batch / tps);
    ratios.single.push(single.perSecond / tps);
    ratios.batch.push(batch.perSecond / tps);
    say({
      round: at,
      fsync: rows[0]?.fsync,
      pgbenchTps: Math.round(tps),
      [`one by one, ${CLIENTS} clients`]: figures(single, tps),
      [`${values.batch} a commit, ${values.writers} writers`]: figures(batch, tps),
      'floor: the same rows by PostgreSQL alone': {
        [`${CLIENTS} a commit, one writer`]: {
          perSecond: Math.round(floor.single),
          ours: round(single.perSecond / floor.single),
        },
        [`${values.batch} a commit, ${values.writers} writers`]: {
          perSecond: Math.round(floor.batch),
          ours: round(batch.perSecond / floor.batch),
        },
      },
    });
  }
  const fought = await fight(await makeRenters(FIGHTERS), Number(values.fight));
  say(fought);
  const problems = await booksProblems(db);
  if (problems.length > 0) throw new Error(`the books do not add up: ${problems[0]}`);
  sayGoals('booking', [
    atLeast('bookings one by one per second ÷ pgbench tps', median(ratios.single), 0.35, '×'),
    atLeast('bookings placed many at once per second ÷ pgbench tps', median(ratios.batch), 3, '×'),
    atLeast('stretch: the same', median(ratios.batch), 5, '×'),
    atLeast('floor of one by one: PostgreSQL alone ÷ pgbench tps', median(ratios.floorSingle), 0.35, '×'),
    atLeast('floor of many at once: PostgreSQL alone ÷ pgbench tps', median(ratios.floorBatch), 3, '×'),
    atMost('GPUs that two have at once', fought.overlaps, 0, 'pairs'),
    atMost('renters who paid, or set aside, for what they did not get', fought.wronglyCharged, 0, 'renters'),
  ]);
} finally {
  await disconnect();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

function setEnvironment(url: string): void {
  process.env.DATABASE_URL = url;
  process.env.SUBLET_DATABASE_CONNECTIONS = '16';
  // On a quick machine a renter of the fight sets more aside than a new account may.
  process.env.SUBLET_NEW_ACCOUNT_DOLLARS_PER_DAY = '1000000';
  process.env.SUBLET_LEASE_KEY = newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString();
  process.env.SUBLET_GATEWAYS = JSON.stringify(
    Array.from({ length: 16 }, (_, at) => ({
      name: `gw-${at}`,
      publicHost: `gw${at}.bench.example`,
      portFrom: 2_000,
      portTo: 61_999,
      tunnelUrl: 'tcp://127.0.0.1:7000',
      healthUrl: 'http://127.0.0.1:7001/health',
    })),
  );
}

function figures(measured: Measured, tps: number) {
  return {
    perSecond: Math.round(measured.perSecond),
    ratio: round(measured.perSecond / tps),
    p50Ms: round(measured.p50),
    p99Ms: round(measured.p99),
  };
}
