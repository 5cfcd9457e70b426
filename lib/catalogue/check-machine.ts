import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockAnyMachine } from './lock-machine.ts';
import { whyNotStaffCheck } from './machine.ts';
import type { CheckMachineInput } from './schema.ts';

/** Staff say that they looked at a machine, or take that back. The reason is kept. */
export async function checkMachine(actor: Actor, input: CheckMachineInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction('check machine', async (tx) => {
    const machine = await lockAnyMachine(tx, { machineId: input.machineId });
    if (input.checked) refuseIf(whyNotStaffCheck(machine));
    await tx.machine.update({
      where: { id: machine.id },
      data: { staffCheckedAt: input.checked ? now : null, staffCheckedBy: input.checked ? actor.userId : null },
    });
    await recordEvent(
      tx,
      actor,
      {
        kind: 'machine.staffChecked',
        userId: machine.hostId,
        machineId: machine.id,
        reason: input.reason,
        data: { checked: input.checked, previousChecked: machine.staffCheckedAt !== null },
      },
      now,
    );
  });
}
