import type { Tx } from '#lib/io/db.ts';

/**
 * Step: tells listeners, when the transaction commits, that what they show of these has changed, without an event: for
 * figures that move all the time, which nobody wants in an audit trail.
 */
export async function tellListeners(
  tx: Tx,
  ids: { readonly booking?: string; readonly user?: string; readonly machine?: string },
): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify('sublet', ${JSON.stringify(ids)})`;
}
