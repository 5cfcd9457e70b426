import { hashOfSecret } from '#lib/auth/secret.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { LogsRequest } from '#protocol/agent.ts';
import { plausibleInstant } from './instant.ts';

/** Of what a rental printed, the newest bytes are kept. */
export const LOG_KEPT_BYTES = 8n * 1_048_576n;

/**
 * Keeps what a workload printed. A piece that was sent before is kept once; older text makes room for newer.
 * Refuses: `agentUnknown`, `sessionOver`, `notFound` (a lease of another machine).
 */
export async function recordLogs(token: string, request: LogsRequest, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { leaseId, chunks } = request;
  await inTransaction('record-logs', async (tx) => {
    const session = await tx.agentSession.findUnique({
      where: { tokenHash: hashOfSecret(token) },
      select: { machineId: true, supersededAt: true, machine: { select: { retiredAt: true } } },
    });
    if (session === null || session.machine.retiredAt !== null) throw new Refusal('agentUnknown');
    if (session.supersededAt !== null) throw new Refusal('sessionOver');
    const lease = await tx.lease.findFirst({
      where: { id: leaseId, machineId: session.machineId },
      select: { bookingId: true },
    });
    if (lease === null) throw new Refusal('notFound');
    const { bookingId } = lease;
    if (chunks.length === 0) return;
    await tx.logChunk.createMany({
      data: chunks.map(({ offset, at, stream, text }) => ({
        bookingId,
        offset: BigInt(offset),
        at: plausibleInstant(at, now),
        stream,
        text,
      })),
      skipDuplicates: true,
    });
    const newest = chunks.reduce(
      (highest, chunk) => (BigInt(chunk.offset) > highest ? BigInt(chunk.offset) : highest),
      0n,
    );
    await tx.logChunk.deleteMany({ where: { bookingId, offset: { lt: newest - LOG_KEPT_BYTES } } });
  });
}
