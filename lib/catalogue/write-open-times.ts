import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { keepRules } from './keep-rules.ts';
import { OPEN_AHEAD_SECONDS } from './write-open.ts';

/** Written on when so little is left: each calendar once every three days. */
const WRITE_ON_SECONDS = OPEN_AHEAD_SECONDS - 3 * 86_400;

/**
 * Sweep: writes on when machines with hours are open, before what is written runs out; so a change of a time zone's rules
 * reaches searches as well. Answers how many.
 */
export async function writeOpenTimes(world: World = theWorld): Promise<number> {
  const now = world.now();
  const due = await db.calendar.findMany({
    where: { openKnownUntil: { lt: addSeconds(now, WRITE_ON_SECONDS) } },
    orderBy: { machineId: 'asc' },
    select: { machineId: true },
  });
  return eachRow(
    'writeOpenTimes',
    due.map(({ machineId }) => ({ id: machineId })),
    ({ id }) =>
      inTransaction('write open times', async (tx) => {
        await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${id} FOR UPDATE`;
        await keepRules(tx, id, null, now);
        return true;
      }),
  );
}
