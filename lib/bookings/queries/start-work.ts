import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { decryptSecret } from '#lib/io/secrets.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { variablesContext } from '../bid-wish.ts';

/** What a bid's first rental on a machine is given: made before anything is locked, and thrown away where the start loses. */
export type StartWork = {
  readonly leaseId: string;
  /** For which key of the machine its variables are sealed. */
  readonly sealingKey: string;
  /** Null where the bid has no variables. */
  readonly sealedEnvironment: string | null;
};

/** Ids and sealed variables of a rental that a bid may get of a listing; null where its variables do not open any more. */
export async function startWork(bidId: string, listingId: string, now: Date): Promise<StartWork | null> {
  const [bid, listing] = await Promise.all([
    db.bid.findUniqueOrThrow({ where: { id: bidId }, select: { encryptedEnvironment: true } }),
    db.listing.findUniqueOrThrow({
      where: { id: listingId },
      select: { machine: { select: { id: true, sealingKey: true } } },
    }),
  ]);
  const leaseId = newId('lease', now);
  const { id: machineId, sealingKey } = listing.machine;
  if (bid.encryptedEnvironment === null) return { leaseId, sealingKey, sealedEnvironment: null };
  const variables = opened(bidId, bid.encryptedEnvironment);
  if (variables === null) return null;
  return { leaseId, sealingKey, sealedEnvironment: await seal(variables, sealingKey, sealContext(leaseId, machineId)) };
}

function opened(bidId: string, kept: string): string | null {
  try {
    return decryptSecret(kept, variablesContext(bidId));
  } catch (error) {
    log.error({ bid: bidId, err: error }, 'the variables of a bid do not open');
    return null;
  }
}
