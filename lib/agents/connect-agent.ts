import { hashOfSecret } from '#lib/auth/secret.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { type ConnectRequest, connectText } from '#protocol/agent.ts';
import { verifySigned } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { type Boot, judgeBoot } from './boot.ts';
import { CHALLENGE_SECONDS, readChallenge } from './challenge.ts';
import { challengeSecret } from './queries/challenge.ts';

/**
 * Lets an agent in that signed a challenge of ours, and ends the connection it had before. The token authenticates what
 * follows. An agent that was superseded by another start and comes back shows that one identity lives twice: the machine
 * is flagged, and only the one that came first keeps the connection.
 * Refuses: `agentUnknown`, `signatureInvalid`, `replayed` (a nonce is good once), `identityCopied`.
 */
export async function connectAgent(request: ConnectRequest, world: World = theWorld): Promise<{ token: string }> {
  const now = world.now();
  const { machineId, nonce, bootId } = request;
  const challengedAt = readChallenge(nonce, machineId, challengeSecret(), now);
  const token = newSecret();
  const refusal = await inTransaction('connect-agent', async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR NO KEY UPDATE`;
    const machine = await tx.machine.findUnique({
      where: { id: machineId },
      select: { signingKey: true, hostId: true, retiredAt: true, identityCopiedAt: true },
    });
    if (machine === null || machine.retiredAt !== null) throw new Refusal('agentUnknown');
    if (challengedAt === null)
      throw new Refusal('signatureInvalid', {}, 'This challenge is not ours or too old. Ask for another.');
    const proof = { payload: connectText(machineId, nonce, bootId), signature: request.proof };
    if (!verifySigned(DOMAINS.connect, proof, machine.signingKey)) throw new Refusal('signatureInvalid');
    await useNonce(tx, machineId, nonce, challengedAt, now);

    const { boots, presentSince } = await bootsOf(tx, machineId);
    const judged = judgeBoot(boots, bootId, challengedAt, presentSince);
    if (judged.kind === 'late') return 'replayed';
    const copied = judged.kind === 'copied';
    const keeps = !copied || judged.keeps;
    const tokenHash = hashOfSecret(token);
    if (keeps) {
      await tx.agentSession.updateMany({ where: { machineId, supersededAt: null }, data: { supersededAt: now } });
      await tx.agentSession.create({
        data: {
          id: newId('agentSession', now),
          machineId,
          tokenHash,
          bootId,
          agentVersion: request.agentVersion,
          createdAt: now,
        },
      });
    }
    const flag = copied && machine.identityCopiedAt === null ? { identityCopiedAt: now } : {};
    await tx.machine.update({
      where: { id: machineId },
      data: {
        ...flag,
        ...(keeps ? { agentVersion: request.agentVersion, sessionHash: tokenHash, syncSequence: 0 } : {}),
      },
    });
    // Held syncs of the connection before wake by this and learn that it is over.
    const kind = copied && machine.identityCopiedAt === null ? 'machine.identityCopied' : 'machine.connected';
    if (keeps || kind === 'machine.identityCopied') {
      await recordEvent(tx, THE_MARKET, { kind, userId: machine.hostId, machineId, data: { bootId } }, now);
    }
    return keeps ? null : 'identityCopied';
  });
  if (refusal !== null) throw new Refusal(refusal);
  return { token };
}

async function useNonce(tx: Tx, machineId: string, nonce: string, challengedAt: Date, now: Date): Promise<void> {
  const { count } = await tx.agentChallenge.createMany({
    data: [{ nonce, machineId, expiresAt: addSeconds(challengedAt, CHALLENGE_SECONDS), usedAt: now }],
    skipDuplicates: true,
  });
  if (count === 0) throw new Refusal('replayed');
}

async function bootsOf(tx: Tx, machineId: string): Promise<{ boots: Boot[]; presentSince: Date | null }> {
  const rows = await tx.$queryRaw<{ boot_id: string; first_at: Date; present_since: Date | null }[]>`
    SELECT boot_id, min(created_at) AS first_at, max(created_at) FILTER (WHERE superseded_at IS NULL) AS present_since
    FROM agent_sessions WHERE machine_id = ${machineId} GROUP BY boot_id`;
  return {
    boots: rows.map((row) => ({ bootId: row.boot_id, firstAt: row.first_at, present: row.present_since !== null })),
    presentSince: rows.find((row) => row.present_since !== null)?.present_since ?? null,
  };
}
