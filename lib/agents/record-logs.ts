import { hashOfSecret } from '#lib/auth/secret.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { LOG_KEPT_BYTES } from '#lib/bookings/log-keeping.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import type { LogsRequest } from '#protocol/agent.ts';
import { plausibleInstant } from './instant.ts';

/**
 * Keeps what a workload printed. A piece that was sent before is kept once; older text makes room for newer. What begins before
 * the end of what is kept is not kept again, so that no machine can keep more than the quota by telling false offsets.
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
    const fresh = chunksFrom(chunks, await endOfLog(tx, bookingId));
    if (fresh.length === 0) return;
    await tx.logChunk.createMany({
      data: fresh.map(({ offset, at, stream, text }) => ({
        bookingId,
        offset: BigInt(offset),
        at: plausibleInstant(at, now),
        stream,
        text,
      })),
      skipDuplicates: true,
    });
    const newest = fresh.reduce(
      (highest, chunk) => (BigInt(chunk.offset) > highest ? BigInt(chunk.offset) : highest),
      0n,
    );
    await tx.logChunk.deleteMany({ where: { bookingId, offset: { lt: newest - LOG_KEPT_BYTES } } });
  });
}

/** The offset after the last byte that is kept. */
async function endOfLog(tx: Tx, bookingId: string): Promise<number> {
  const last = await tx.logChunk.findFirst({
    where: { bookingId },
    orderBy: { offset: 'desc' },
    select: { offset: true, text: true },
  });
  return last === null ? 0 : Number(last.offset) + Buffer.byteLength(last.text);
}

/** Those that begin at or after `end`, each at or after the end of the one before. */
function chunksFrom(chunks: LogsRequest['chunks'], end: number): LogsRequest['chunks'] {
  let next = end;
  return chunks.filter(({ offset, text }) => {
    if (offset < next) return false;
    next = offset + Buffer.byteLength(text);
    return true;
  });
}
