import { type LocalMachine, localMachine } from '#lib/agents/queries/local-machine.ts';
import { theWorld } from '#lib/base/time.ts';
import { WORKER_BEAT, workerLives } from '#lib/events/beat.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type GatewayHealth, gatewayHealth } from '#lib/io/gateway-health.ts';
import { log } from '#lib/io/log.ts';
import { missingMigrations } from '#lib/io/migrated.ts';
import { moneyKindProblem } from '#lib/payments/queries/money-kind.ts';

type Part = { readonly ok: boolean; readonly detail?: string };
type LocalPart = Omit<LocalMachine, 'machineId' | 'name'> & {
  readonly machineId: string | null;
  readonly name: string | null;
};

export type Readiness = {
  readonly ok: boolean;
  readonly database: Part;
  readonly worker: Part;
  readonly gateways: readonly GatewayHealth[];
  /** The machine that `npm start` runs on, when it has an agent of its own. */
  readonly localMachine: LocalPart | null;
};

const PATIENCE_MS = 5_000;
const UNREACHED: Part = { ok: false, detail: 'not known while the database is not reached' };

let asking: Promise<Readiness> | undefined;

/** What is up. Whoever asks while the question is under way gets the same answer. */
export function readiness(): Promise<Readiness> {
  asking ??= look().finally(() => {
    asking = undefined;
  });
  return asking;
}

async function look(): Promise<Readiness> {
  const [database, gateways] = await Promise.all([databaseState(), gatewayHealth()]);
  const local = env().localAgent;
  if (!database.ok)
    return { ok: false, database, worker: UNREACHED, gateways, localMachine: local ? notSeen(UNREACHED.detail) : null };
  const now = theWorld.now();
  const beat = await db.beat.findUnique({ where: { name: WORKER_BEAT }, select: { at: true } });
  const worker: Part = workerLives(beat?.at ?? null, now)
    ? { ok: true }
    : { ok: false, detail: beat === null ? 'no worker has run yet' : `silent since ${beat.at.toISOString()}` };
  const machine = local ? ((await localMachine(now)) ?? notSeen()) : null;
  const ok =
    worker.ok && gateways.some((gateway) => gateway.ok) && (machine === null || (machine.synced && machine.settled));
  return { ok, database, worker, gateways, localMachine: machine };
}

async function databaseState(): Promise<Part> {
  const tooLate = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLate.reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    const missing = await Promise.race([missingMigrations(), tooLate.promise]);
    if (missing.length > 0) return { ok: false, detail: `not migrated: ${missing.join(', ')}` };
    const otherMoney = await moneyKindProblem();
    return otherMoney === null ? { ok: true } : { ok: false, detail: otherMoney };
  } catch (error) {
    log.warn({ err: error }, 'the database is not ready');
    return { ok: false, detail: 'not reached, or never migrated' };
  } finally {
    clearTimeout(timer);
  }
}

function notSeen(reason = 'The agent of this machine has not enrolled yet.'): LocalPart {
  return {
    machineId: null,
    name: null,
    simulated: false,
    synced: false,
    settled: false,
    listingId: null,
    bookable: false,
    reason,
  };
}
