import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { logKeyOf } from '#lib/receipts/queries/log.ts';
import type { WitnessRequest } from '#protocol/agent.ts';
import { joinBytes, sameBytes } from '#protocol/base64.ts';
import { sha256Bytes, verifyBytes } from '#protocol/keys.ts';
import { type Checkpoint, openCheckpoint } from '#protocol/log-checkpoint.ts';

/**
 * Takes down which checkpoint of the public log a machine holds to, and what it refused. A refusal, or a checkpoint that this
 * log signed and does not know, is reported. Refuses with `agentUnknown`, or `badInput` for a checkpoint of another log.
 */
export async function recordWitness(token: string, request: WitnessRequest, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('record-witness', async (tx) => {
    const session = await tx.agentSession.findUnique({
      where: { tokenHash: hashOfSecret(token) },
      select: { supersededAt: true, machine: { select: { id: true, hostId: true, retiredAt: true } } },
    });
    if (session === null || session.supersededAt !== null || session.machine.retiredAt !== null)
      throw new Refusal('agentUnknown');
    const key = await logKeyOf(tx);
    const seen = key === null ? null : await openCheckpoint(sha256Bytes, verifyBytes, request.checkpoint, key.key);
    if (seen === null) throw new Refusal('badInput', { checkpoint: 'This log did not sign it.' });
    const problem = request.refused?.why ?? ((await isOurs(tx, seen)) ? null : 'It saw a checkpoint that is not here.');
    const refused = problem === null ? null : (request.refused?.checkpoint ?? request.checkpoint);
    const machineId = session.machine.id;
    const before = await tx.logWitness.findUnique({ where: { machineId } });
    const told = { problem, refused, problemAt: problem === null ? null : (before?.problemAt ?? now) };
    const data = {
      size: BigInt(seen.size),
      root: joinBytes(seen.root),
      note: request.checkpoint,
      seenAt: now,
      ...told,
    };
    await tx.logWitness.upsert({ where: { machineId }, create: { machineId, ...data }, update: data });
    if (problem === null || before?.refused === refused) return;
    log.error({ machine: machineId, seen: request.checkpoint, refused, problem }, 'a machine refuses the public log');
    const about = { kind: 'log.refused', userId: session.machine.hostId, machineId, reason: problem } as const;
    await recordEvent(tx, THE_MARKET, about, now);
  });
}

async function isOurs(tx: Tx, seen: Checkpoint): Promise<boolean> {
  const known = await tx.logCheckpoint.findUnique({ where: { size: BigInt(seen.size) }, select: { root: true } });
  return known !== null && sameBytes(known.root, seen.root);
}
