import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { METRICS_KEPT_SECONDS } from './sample.ts';

/** So many rows at once: a sweep that was away for days must not hold the table for minutes. */
const AT_ONCE = 20_000;

/** Sweep: forgets samples that are older than a day. Returns how many. */
export async function forgetSamples(world: World = theWorld): Promise<number> {
  const oldest = addSeconds(world.now(), -METRICS_KEPT_SECONDS);
  let forgotten = 0;
  for (;;) {
    const some = await inTransaction(
      'forget-samples',
      (tx) => tx.$executeRaw`
        DELETE FROM metric_samples WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM metric_samples WHERE at < ${oldest} ORDER BY at LIMIT ${AT_ONCE}))`,
    );
    forgotten += some;
    if (some < AT_ONCE) return forgotten;
  }
}
