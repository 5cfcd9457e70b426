import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { hostPayable, hostReserve } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';

/** Sweep: gives hosts what was kept back of their earnings and is due, so that the next payout has it. Answers how many. */
export async function releaseReserves(world: World = theWorld): Promise<number> {
  const now = world.now();
  const due = await db.hostReserve.findMany({
    where: { releasedAt: null, releaseAt: { lte: now } },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return eachRow('releaseReserves', due, ({ id }) =>
    inTransaction('release reserve', (tx) => release(tx, id, world.now())),
  );
}

async function release(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx.hostReserve.updateMany({ where: { id, releasedAt: null }, data: { releasedAt: now } });
  if (count === 0) return false;
  const { hostId, amountMicros } = await tx.hostReserve.findUniqueOrThrow({ where: { id } });
  const draft = {
    from: hostReserve(hostId),
    to: hostPayable(hostId),
    amountMicros,
    kind: 'reserveRelease' as const,
    causeId: id,
    key: `reserve:${id}:released`,
  };
  await postTransfers(tx, [draft], now);
  const data = { amountMicros: amountMicros.toString() };
  await recordEvent(tx, THE_MARKET, { kind: 'reserve.released', userId: hostId, data }, now);
  return true;
}
