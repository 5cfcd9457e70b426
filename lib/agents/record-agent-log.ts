import { hashOfSecret } from '#lib/auth/secret.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { AGENT_LOG_LINE_CHARACTERS, type AgentLogRequest, withoutSecrets } from '#protocol/agent-log.ts';
import { AGENT_LOG_KEPT_LINES } from './agent-log.ts';
import { plausibleInstant } from './instant.ts';

const SEQUENCE_MAX = 2_147_483_647;

/**
 * Keeps what an agent says of its own work, at most so many lines of each machine: older ones make room. A line that was sent
 * before is kept once. Tells nobody: what is logged is read when somebody looks. Refuses: `agentUnknown`, `sessionOver`,
 * `badInput` (a number beyond what is counted).
 */
export async function recordAgentLog(token: string, request: AgentLogRequest, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { boot, lines } = request;
  if (lines.some(({ sequence }) => sequence > SEQUENCE_MAX))
    throw new Refusal('badInput', { sequence: `At most ${SEQUENCE_MAX}.` });
  await inTransaction('record-agent-log', async (tx) => {
    const session = await tx.agentSession.findUnique({
      where: { tokenHash: hashOfSecret(token) },
      select: { machineId: true, supersededAt: true, machine: { select: { retiredAt: true } } },
    });
    if (session === null || session.machine.retiredAt !== null) throw new Refusal('agentUnknown');
    if (session.supersededAt !== null) throw new Refusal('sessionOver');
    const { machineId } = session;
    const { count } = await tx.agentLogLine.createMany({
      data: lines.map(({ sequence, at, level, message }) => ({
        machineId,
        boot,
        sequence,
        // A clock that runs ahead would keep its lines beyond their time.
        at: new Date(Math.min(plausibleInstant(at, now).getTime(), now.getTime())),
        level,
        message: plain(message),
      })),
      skipDuplicates: true,
    });
    if (count === 0) return;
    await tx.$executeRaw`
      DELETE FROM agent_log_lines WHERE machine_id = ${machineId} AND id <= (
        SELECT id FROM agent_log_lines WHERE machine_id = ${machineId}
        ORDER BY id DESC OFFSET ${AGENT_LOG_KEPT_LINES} LIMIT 1)`;
  });
}

/** As it may stand on a page: nothing that moves a cursor, no secret that an agent let through. */
function plain(message: string): string {
  const clean = message.replace(/\p{Cc}+/gu, ' ').toWellFormed();
  return withoutSecrets(clean).slice(0, AGENT_LOG_LINE_CHARACTERS) || '(nothing)';
}
