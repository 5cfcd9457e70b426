import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { METRICS_KEPT_SECONDS } from './sample.ts';

/** So many rows at once: a sweep that was away for days must not hold the table for minutes. */
const AT_ONCE = 20_000;

/** Sweep: forgets samples that are older than a day, of rentals and of GPUs that nobody rented. Returns how many. */
export async function forgetSamples(world: World = theWorld): Promise<number> {
  const oldest = addSeconds(world.now(), -METRICS_KEPT_SECONDS);
  const rented = await inSteps(
    (tx) => tx.$executeRaw`
      DELETE FROM metric_samples WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM metric_samples WHERE at < ${oldest} ORDER BY at LIMIT ${AT_ONCE}))`,
  );
  const unrented = await inSteps(
    (tx) => tx.$executeRaw`
      DELETE FROM gpu_samples WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM gpu_samples WHERE at < ${oldest} ORDER BY at LIMIT ${AT_ONCE}))`,
  );
  return rented + unrented;
}

async function inSteps(forgetSome: (tx: Tx) => Promise<number>): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const some = await inTransaction('forget-samples', forgetSome);
    forgotten += some;
    if (some < AT_ONCE) return forgotten;
  }
}
