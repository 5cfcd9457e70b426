import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { WORKER_BEAT } from './beat.ts';

/** Sweep: says that a worker lives. Returns 0: a sign of life is nothing to report. */
export async function beatWorker(world: World = theWorld): Promise<number> {
  const now = world.now();
  await inTransaction('beat-worker', (tx) =>
    tx.beat.upsert({ where: { name: WORKER_BEAT }, create: { name: WORKER_BEAT, at: now }, update: { at: now } }),
  );
  return 0;
}
