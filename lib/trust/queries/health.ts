import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { DAY, MINUTE } from '#lib/base/time.ts';
import { GIVEN_UP_ATTEMPTS } from '#lib/desk/case.ts';
import { WORKER_BEAT } from '#lib/events/beat.ts';
import { db, poolState } from '#lib/io/db.ts';
import type { HealthFacts } from '../health.ts';

/** How the market's own parts are now. For admins. */
export async function healthFacts(actor: Actor, now: Date): Promise<HealthFacts> {
  requireAdmin(actor);
  const [beat, queue, sweeps, agents, database, log, mail, webhooks, waiting, check, payouts] = await Promise.all([
    db.beat.findUnique({ where: { name: WORKER_BEAT }, select: { at: true } }),
    queueState(now),
    db.sweepRun.findMany({ orderBy: { name: 'asc' } }),
    agentState(now),
    databaseState(),
    logState(),
    mailState(now),
    webhookState(),
    db.unnoticedEvent.count(),
    db.booksCheck.findFirst({ orderBy: { id: 'desc' }, select: { checkedAt: true, wrong: true } }),
    payoutState(),
  ]);
  return {
    workerAt: beat?.at ?? null,
    queue,
    sweeps,
    agents,
    database,
    log,
    mail,
    webhooks,
    events: { waiting },
    books: check,
    payouts,
  };
}

/** The tables of the worker's engine are its own: where it never ran there are none. */
async function queueState(now: Date): Promise<HealthFacts['queue']> {
  const [there] = await db.$queryRaw<
    { there: boolean }[]
  >`SELECT to_regclass('graphile_worker.jobs') IS NOT NULL AS there`;
  if (there?.there !== true) return null;
  const [row] = await db.$queryRaw<{ due: bigint; lag: number }[]>`
    SELECT count(*) AS due, coalesce(max(extract(epoch FROM ${now}::timestamptz - run_at)), 0)::float8 AS lag
    FROM graphile_worker.jobs WHERE run_at <= ${now} AND locked_at IS NULL`;
  return { due: Number(row?.due ?? 0), lagSeconds: Math.round(row?.lag ?? 0) };
}

async function agentState(now: Date): Promise<HealthFacts['agents']> {
  const [row] = await db.$queryRaw<{ published: bigint; connected: bigint; slowest: number }[]>`
    SELECT count(*) AS published, count(*) FILTER (WHERE m.last_sync_at > ${new Date(now.getTime() - MINUTE)}) AS connected,
      coalesce(max(extract(epoch FROM ${now}::timestamptz - m.last_sync_at)) FILTER (WHERE m.last_sync_at > ${new Date(now.getTime() - MINUTE)}), 0)::float8 AS slowest
    FROM machines m JOIN listings l ON l.machine_id = m.id WHERE m.retired_at IS NULL AND l.state = 'published'`;
  return {
    published: Number(row?.published ?? 0),
    connected: Number(row?.connected ?? 0),
    slowestSeconds: Math.max(0, Math.round(row?.slowest ?? 0)),
  };
}

async function databaseState(): Promise<HealthFacts['database']> {
  const [row] = await db.$queryRaw<{ bytes: bigint; connections: bigint; most: number }[]>`
    SELECT pg_database_size(current_database()) AS bytes,
      (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
      current_setting('max_connections')::int AS most`;
  return {
    bytes: row?.bytes ?? 0n,
    connections: Number(row?.connections ?? 0),
    mostConnections: row?.most ?? 0,
    pool: poolState(),
  };
}

async function logState(): Promise<HealthFacts['log']> {
  const [waiting, refusals] = await Promise.all([
    db.logWaiting.aggregate({ _count: true, _min: { since: true } }),
    db.logWitness.count({ where: { problemAt: { not: null } } }),
  ]);
  return { waiting: waiting._count, since: waiting._min.since, refusals };
}

async function mailState(now: Date): Promise<HealthFacts['mail']> {
  const open = { sentAt: null, gaveUpAt: null };
  const [waiting, givenUp, failed] = await Promise.all([
    db.mail.aggregate({ where: open, _count: true, _min: { createdAt: true } }),
    db.mail.count({ where: { gaveUpAt: { gte: new Date(now.getTime() - 7 * DAY) } } }),
    db.mail.findFirst({
      where: { ...open, lastError: { not: null } },
      orderBy: { id: 'asc' },
      select: { lastError: true },
    }),
  ]);
  return { waiting: waiting._count, since: waiting._min.createdAt, givenUp, lastError: failed?.lastError ?? null };
}

async function webhookState(): Promise<HealthFacts['webhooks']> {
  const open = { handledAt: null };
  const [waiting, givenUp] = await Promise.all([
    db.providerWebhook.aggregate({
      where: { ...open, attempts: { lt: GIVEN_UP_ATTEMPTS } },
      _count: true,
      _min: { receivedAt: true },
    }),
    db.providerWebhook.count({ where: { ...open, attempts: { gte: GIVEN_UP_ATTEMPTS } } }),
  ]);
  return { waiting: waiting._count, since: waiting._min.receivedAt, givenUp };
}

async function payoutState(): Promise<HealthFacts['payouts']> {
  const stuck = { nextTryAt: { not: null }, lastError: { not: null } };
  const [failing, first] = await Promise.all([
    db.payout.count({ where: stuck }),
    db.payout.findFirst({ where: stuck, orderBy: { id: 'asc' }, select: { lastError: true } }),
  ]);
  return { failing, lastError: first?.lastError ?? null };
}
