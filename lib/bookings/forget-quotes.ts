import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Quotes that nobody booked are kept this long after they expired. */
const KEPT_SECONDS = 86_400;

/** Sweep: forgets quotes that expired a day ago and were never booked. Answers how many. */
export async function forgetQuotes(world: World = theWorld): Promise<number> {
  const before = addSeconds(world.now(), -KEPT_SECONDS);
  const { count } = await inTransaction('forget quotes', (tx) =>
    tx.quote.deleteMany({ where: { expiresAt: { lt: before }, booking: null } }),
  );
  return count;
}
