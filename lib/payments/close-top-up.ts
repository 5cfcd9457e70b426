import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { failTopUp } from './fail-top-up.ts';

/** Closes a payment whose page expired while nobody paid there. One that is over already stays as it is. Answers whether it is of this market. */
export async function closeTopUp(id: string, failure: string, world: World = theWorld): Promise<boolean> {
  return inTransaction('close-top-up', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${id} FOR NO KEY UPDATE`;
    const row = await tx.topUp.findUnique({ where: { id } });
    if (row === null) return false;
    if (row.state === 'asked' || row.state === 'open') await failTopUp(tx, row, failure, world.now());
    return true;
  });
}
