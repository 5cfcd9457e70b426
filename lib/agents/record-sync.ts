import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { secondsBetween, theWorld, type World } from '#lib/base/time.ts';
import { LATE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { gather } from '#lib/io/gather.ts';
import { inGroups } from '#lib/io/in-groups.ts';
import { observeWorkloads } from '#lib/leases/observe-workload.ts';
import { recordUsage, type Stored } from '#lib/receipts/record-statements.ts';
import { readUsage, type Usage } from '#lib/receipts/usage.ts';
import { STATEMENTS_AT_ONCE, type SyncRequest } from '#protocol/agent.ts';
import type { DefaultJobReport } from '#protocol/default-job.ts';
import { clockDriftMs } from './clock-drift.ts';
import { describeMachine } from './describe-machine.ts';
import { type Beat, type Heard, hearMachines } from './hear-machines.ts';
import { wasToldSilent } from './queries/silences.ts';
import { isOnlyHeartbeat, messagesFor, type Synced, type SyncedMachine, type TakenIn } from './sync.ts';

/** A connection that synced every millisecond would last 24 days with these. */
const SEQUENCE_MAX = 2_147_483_647;

/** Settles the usage of a machine in one commit with that of others which sync with this process at the same time. Answers what is stored of each lease. */
export const settleUsage = inGroups<Usage, Stored>({
  name: 'record-sync: usage',
  keysOf: ({ machineId }) => [machineId],
  sizeOf: ({ statements }) => statements,
  most: 1_000,
  work: (tx, usages, together) => recordUsage(tx, usages, { wait: !together }),
});

/** Heartbeats gather for this long, so that many are one commit; nobody waits for their answer. */
const GATHER_MS = 50;
const MOST_TOGETHER = 1_000;

const hearTogether = gather<Beat, Heard | undefined>(
  (beats) => inTransaction('record-sync: heartbeats', (tx) => hearMachines(tx, beats, { waits: false })),
  { waitMs: GATHER_MS, most: MOST_TOGETHER, atOnce: 2, keyOf: (beat) => beat.tokenHash },
);

/**
 * Takes in what an agent says. A heartbeat is one row of a statement that it shares with others, and tells nobody; a
 * description, reports and signed usage are applied in transactions of their own, so that what is wrong with one does not lose
 * the other. Usage comes before reports, so that the last second is billed before a rental is closed. `before` is what the
 * caller remembers of the connection: reports that only repeat themselves are part of a heartbeat then.
 * Refuses: `agentUnknown`, `sessionOver`, `replayed` (the sequence did not grow), `badInput`.
 */
export async function recordSync(
  token: string,
  request: SyncRequest,
  world: World = theWorld,
  before?: TakenIn,
): Promise<Synced> {
  const now = world.now();
  if (request.sequence > SEQUENCE_MAX) throw new Refusal('badInput', { sequence: `At most ${SEQUENCE_MAX}.` });
  const driftMs = clockDriftMs(new Date(request.now), now);
  const beat = { tokenHash: hashOfSecret(token), sequence: request.sequence, driftMs, at: now };
  const reports = JSON.stringify(request.workloads);
  const heard = await hear(beat, isOnlyHeartbeat(request, reports, before));
  const { generation, identityCopiedAt, previousSyncAt, previousSequence, ...machine } = heard;
  if (previousSyncAt !== null && secondsBetween(previousSyncAt, now) >= LATE_AFTER_SECONDS)
    await endSilence(machine, previousSyncAt, now);

  const defaultJob = JSON.stringify(request.defaultJob ?? null);
  if (request.defaultJob && defaultJob !== before?.defaultJob)
    await noteDefaultJob(machine.id, request.defaultJob, now);
  const takenGpus = await takeDescription(machine, request, now);
  const messages = messagesFor({ driftMs, copied: identityCopiedAt !== null, takenGpus });
  const takenIn = { sequence: request.sequence, generation, reports, defaultJob };
  const continues = before !== undefined && before.sequence === previousSequence && before.generation === generation;
  const repeats = continues && isOnlyHeartbeat(request, reports, before);
  if (request.statements.length === 0 && (request.workloads.length === 0 || repeats))
    return { machine, generation, stored: {}, messages, continues, takenIn };
  const stored = request.statements.length === 0 ? {} : await settleUsage(readUsage(machine, request.statements, now));
  if (request.workloads.length > 0) {
    const moreStatements = request.statements.length >= STATEMENTS_AT_ONCE;
    await inTransaction('record-sync: reports', async (tx) => {
      if (await isLatest(tx, machine.id, beat))
        await observeWorkloads(tx, machine, request.workloads, now, { moreStatements });
    });
  }
  return { machine, generation: await generationOf(machine.id), stored, messages, continues: false, takenIn };
}

/**
 * Whether nothing later was heard of the machine. A sync that waited for its usage to be settled may be overtaken by the next
 * one, whose reports are newer: the older ones would put the clock back. The machine is locked, so none comes in between.
 */
async function isLatest(tx: Tx, machineId: string, { tokenHash, sequence }: Beat): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM machines WHERE id = ${machineId} AND session_hash = ${tokenHash} AND sync_sequence = ${sequence}
    FOR NO KEY UPDATE`;
  return rows.length > 0;
}

/** A beat that was not taken in passing is asked alone before it is refused: somebody may only have worked at the machine. */
async function hear(beat: Beat, together: boolean): Promise<Heard> {
  const passing = together ? await hearTogether(beat) : undefined;
  if (passing !== undefined) return passing;
  const [heard] = await inTransaction('record-sync: heard', (tx) => hearMachines(tx, [beat], { waits: true }));
  return heard ?? refuse(beat.tokenHash);
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
