import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { secondsBetween, theWorld, type World } from '#lib/base/time.ts';
import { LATE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { breaksConstraint, db, inTransaction, isConcurrencyFailure } from '#lib/io/db.ts';
import { inGroups } from '#lib/io/in-groups.ts';
import { observeWorkloads } from '#lib/leases/observe-workload.ts';
import { recordUsage, type Stored } from '#lib/receipts/record-statements.ts';
import { readUsage, type Usage } from '#lib/receipts/usage.ts';
import { STATEMENTS_AT_ONCE, type SyncRequest } from '#protocol/agent.ts';
import type { DefaultJobReport } from '#protocol/default-job.ts';
import { clockDriftMs } from './clock-drift.ts';
import { describeMachine } from './describe-machine.ts';
import { wasToldSilent } from './queries/silences.ts';
import { messagesFor, type Synced, type SyncedMachine } from './sync.ts';

/** A connection that synced every millisecond would last 24 days with these. */
const SEQUENCE_MAX = 2_147_483_647;

/** Settles the usage of a machine in one commit with that of others which sync with this process at the same time. Answers what is stored of each lease. */
export const settleUsage = inGroups<Usage, Stored>({
  name: 'record-sync: usage',
  keyOf: ({ machineId }) => machineId,
  sizeOf: ({ statements }) => statements,
  most: 1_000,
  work: (tx, usages, together) => recordUsage(tx, usages, { wait: !together }),
});

type Touched = SyncedMachine & {
  readonly generation: number;
  readonly identityCopiedAt: Date | null;
  readonly previousSyncAt: Date | null;
};

/**
 * Takes in what an agent says. A heartbeat is one statement and tells nobody; a description, reports and signed usage are
 * applied in transactions of their own, so that what is wrong with one does not lose the other. Usage comes before
 * reports, so that the last second is billed before a rental is closed.
 * Refuses: `agentUnknown`, `sessionOver`, `replayed` (the sequence did not grow), `badInput`.
 */
export async function recordSync(token: string, request: SyncRequest, world: World = theWorld): Promise<Synced> {
  const now = world.now();
  if (request.sequence > SEQUENCE_MAX) throw new Refusal('badInput', { sequence: `At most ${SEQUENCE_MAX}.` });
  const driftMs = clockDriftMs(new Date(request.now), now);
  const tokenHash = hashOfSecret(token);
  const touched = (await touch(tokenHash, request.sequence, driftMs, now)) ?? (await refuse(tokenHash));
  const { generation: before, identityCopiedAt, previousSyncAt, ...machine } = touched;
  if (previousSyncAt !== null && secondsBetween(previousSyncAt, now) >= LATE_AFTER_SECONDS)
    await endSilence(machine, previousSyncAt, now);

  if (request.defaultJob) await noteDefaultJob(machine.id, request.defaultJob, now);
  const takenGpus = await takeDescription(machine, request, now);
  const messages = messagesFor({ driftMs, copied: identityCopiedAt !== null, takenGpus });
  if (request.statements.length === 0 && request.workloads.length === 0) {
    return { machine, generation: before, stored: {}, messages };
  }
  const stored = request.statements.length === 0 ? {} : await settleUsage(readUsage(machine, request.statements, now));
  if (request.workloads.length > 0) {
    const moreStatements = request.statements.length >= STATEMENTS_AT_ONCE;
    await inTransaction('record-sync: reports', (tx) =>
      observeWorkloads(tx, machine, request.workloads, now, { moreStatements }),
    );
  }
  return { machine, generation: await generationOf(machine.id), stored, messages };
}

/** The heartbeat: one statement that checks the token, moves the sequence forward and the machine's last sign of life. */
async function touch(tokenHash: string, sequence: number, driftMs: number, now: Date): Promise<Touched | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [row] = await db.$queryRaw<Touched[]>`
        WITH session AS (
          UPDATE agent_sessions SET sequence = ${sequence}
          WHERE token_hash = ${tokenHash} AND superseded_at IS NULL AND sequence < ${sequence}
          RETURNING machine_id
        ), before AS (
          SELECT m.id, m.last_sync_at FROM machines m JOIN session s ON s.machine_id = m.id WHERE m.retired_at IS NULL
        )
        UPDATE machines m SET last_sync_at = ${now}, clock_drift_ms = ${driftMs}
        FROM before WHERE m.id = before.id
        RETURNING m.id, m.host_id AS "hostId", m.signing_key AS "signingKey", m.simulated, m.generation,
          m.identity_copied_at AS "identityCopiedAt", before.last_sync_at AS "previousSyncAt"`;
      return row;
    } catch (error) {
      if (attempt >= 3 || !isConcurrencyFailure(error)) throw error;
    }
  }
}

async function refuse(tokenHash: string): Promise<never> {
  const session = await db.agentSession.findUnique({
    where: { tokenHash },
    select: { supersededAt: true, machine: { select: { retiredAt: true } } },
  });
  if (session === null || session.machine.retiredAt !== null) throw new Refusal('agentUnknown');
  throw new Refusal(session.supersededAt === null ? 'replayed' : 'sessionOver');
}

/** Who was told that it is silent is told that it is back, also where an outage of ours had ended the silence before. */
async function endSilence(machine: SyncedMachine, previousSyncAt: Date, now: Date): Promise<void> {
  await inTransaction('record-sync: back', async (tx) => {
    await tx.silence.updateMany({
      where: { machineId: machine.id, cause: 'unreachable', endsAt: null },
      data: { endsAt: now },
    });
    if (!(await wasToldSilent(tx, machine.id, previousSyncAt))) return;
    await recordEvent(tx, THE_MARKET, { kind: 'machine.back', userId: machine.hostId, machineId: machine.id }, now);
  });
}

/** Said with each sync: written when it is news, and about the job that is wanted now. */
async function noteDefaultJob(machineId: string, said: DefaultJobReport, now: Date): Promise<void> {
  const { revision, state, detail } = said;
  const news = await db.$executeRaw`
    UPDATE default_jobs SET state = ${state}, detail = ${detail}, observed_at = ${now}
    WHERE machine_id = ${machineId} AND revision = ${revision}
      AND (state IS DISTINCT FROM ${state} OR detail IS DISTINCT FROM ${detail}::text)`;
  if (news > 0) await inTransaction('tell of default job', (tx) => tellListeners(tx, { machine: machineId }));
}

async function takeDescription(machine: SyncedMachine, request: SyncRequest, now: Date): Promise<string[]> {
  const { specification, selfTest } = request;
  if (specification === null && selfTest === null) return [];
  try {
    return await inTransaction('record-sync: description', (tx) =>
      describeMachine(tx, machine, { specification, selfTest }, now),
    );
  } catch (error) {
    // Another machine took the same GPU in the same instant: next time it is seen as taken.
    if (breaksConstraint(error, 'gpus_uuid_present')) throw new Refusal('conflict');
    throw error;
  }
}

async function generationOf(machineId: string): Promise<number> {
  const { generation } = await db.machine.findUniqueOrThrow({ where: { id: machineId }, select: { generation: true } });
  return generation;
}
