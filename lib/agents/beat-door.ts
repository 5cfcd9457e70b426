import { theWorld, type World } from '#lib/base/time.ts';
import { DOOR_BEAT, wasAway } from '#lib/events/beat.ts';
import { inTransaction } from '#lib/io/db.ts';

/**
 * Says that this process serves agents; any number of processes may. After a gap, silences that were open are ended at our
 * last sign of life: from there on nobody listened. Returns whether there was a gap.
 */
export async function beatDoor(world: World = theWorld): Promise<boolean> {
  const now = world.now();
  return inTransaction('beat-door', async (tx) => {
    await tx.$executeRaw`
      INSERT INTO beats (name, at, back_at) VALUES (${DOOR_BEAT}, ${now}, ${now}) ON CONFLICT (name) DO NOTHING`;
    await tx.$executeRaw`SELECT 1 FROM beats WHERE name = ${DOOR_BEAT} FOR UPDATE`;
    const beat = await tx.beat.findUniqueOrThrow({ where: { name: DOOR_BEAT } });
    if (beat.at.getTime() > now.getTime()) return false;
    const away = wasAway(beat, now);
    if (away) {
      await tx.$executeRaw`
        UPDATE silences SET ends_at = greatest(starts_at, ${beat.at}::timestamptz)
        WHERE cause = 'unreachable' AND ends_at IS NULL`;
    }
    await tx.beat.update({ where: { name: DOOR_BEAT }, data: { at: now, ...(away ? { backAt: now } : {}) } });
    return away;
  });
}
