import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { IN_VAIN_KEPT_SECONDS } from './put-out.ts';

/** Sweep: forgets for whom somebody was put out in vain longer ago than it is counted. Answers how many. */
export async function forgetPutOuts(world: World = theWorld): Promise<number> {
  const before = addSeconds(world.now(), -IN_VAIN_KEPT_SECONDS);
  const { count } = await inTransaction('forget put outs', (tx) =>
    tx.putOutInVain.deleteMany({ where: { overAt: { lte: before } } }),
  );
  return count;
}
