import { DAY, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Odds look back a week; a month is kept. */
const KEPT_MS = 30 * DAY;

/** Sweep: what models came to long ago is forgotten, but for what is still in force. Answers how many rows. */
export async function forgetClearingPrices(world: World = theWorld): Promise<number> {
  const before = new Date(world.now().getTime() - KEPT_MS);
  return inTransaction(
    'forget clearing prices',
    (tx) => tx.$executeRaw`
    DELETE FROM clearing_prices c WHERE at < ${before}::timestamptz
      AND EXISTS (SELECT 1 FROM clearing_prices n WHERE n.model = c.model AND n.at > c.at AND n.at <= ${before}::timestamptz)`,
  );
}
