import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { EditMachineInput } from './schema.ts';

/** Sets how a machine is called and roughly where it stands. */
export async function editMachine(actor: Actor, input: EditMachineInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  await inTransaction('edit machine', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    await tx.machine.update({
      where: { id: machine.id },
      data: { name: input.name, region: input.region, country: input.country },
    });
    await recordEvent(
      tx,
      actor,
      {
        kind: 'machine.renamed',
        userId: actor.userId,
        machineId: machine.id,
        data: { name: input.name, previousName: machine.name, region: input.region, country: input.country },
      },
      now,
    );
  });
}
