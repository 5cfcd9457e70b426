import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { commandProblem, readImage } from '#lib/bookings/image.ts';
import { wakeMachine } from '#lib/bookings/revise-lease.ts';
import { lockOwnMachine } from '#lib/catalogue/lock-machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { DB_NULL, inTransaction } from '#lib/io/db.ts';
import type { SetDefaultJobInput } from './schema.ts';

/**
 * A host says what an own machine runs while nobody rents it, or with no image that it runs nothing. It is no booking: nobody
 * pays for it, and any rental puts it out at once. Refuses with `imageInvalid`, `badInput`, `notNow` (a retired machine) or
 * `notFound`.
 */
export async function setDefaultJob(actor: Actor, input: SetDefaultJobInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const { machineId, command } = input;
  const image = input.image === null ? null : readImage(input.image);
  if (image !== null && 'problem' in image) throw new Refusal('imageInvalid', { field: 'image' }, image.problem);
  const problem = commandProblem(command);
  if (problem !== null) throw new Refusal('badInput', { command: problem });
  await inTransaction('set default job', async (tx) => {
    const now = world.now();
    const machine = await lockOwnMachine(tx, actor, machineId);
    if (machine.retiredAt !== null) throw new Refusal('notNow', {}, 'This machine is retired.');
    const job = {
      image: image?.text ?? null,
      command: image === null || command === null ? DB_NULL : [...command],
      setAt: now,
      state: null,
      detail: null,
      observedAt: null,
    };
    await tx.defaultJob.upsert({
      where: { machineId },
      create: { machineId, ...job, revision: 1 },
      update: { ...job, revision: { increment: 1 } },
    });
    await wakeMachine(tx, machineId);
    const about = { userId: actor.userId, machineId };
    await recordEvent(tx, actor, { kind: 'machine.defaultJobSet', ...about, data: { image: job.image } }, now);
  });
}
