import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { lockOwnMachine } from '#lib/catalogue/lock-machine.ts';
import { whyNotTestAgain } from '#lib/catalogue/self-test.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { MachineIdInput } from './schema.ts';

/**
 * A host asks an own machine to test itself now: its agent hears of it at once and answers within a minute or two. Refuses
 * with `notNow` (it does already, or is retired), `machineNotReady` (it does not answer), `tooManyAttempts` or `notFound`.
 */
export async function askSelfTest(actor: Actor, { machineId }: MachineIdInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  await inTransaction('ask self-test', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, machineId);
    refuseIf(whyNotTestAgain(machine, now));
    await tx.machine.update({
      where: { id: machineId },
      data: { selfTestAsked: { increment: 1 }, selfTestAskedAt: now, generation: { increment: 1 } },
    });
    await recordEvent(tx, actor, { kind: 'machine.selfTestAsked', userId: actor.userId, machineId }, now);
  });
}
