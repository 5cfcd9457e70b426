import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockOwnMachine } from './lock-machine.ts';
import { whyNotRetire } from './machine.ts';
import type { MachineInput } from './schema.ts';
import { takeOutMachine } from './take-out-machine.ts';

/**
 * Takes a machine out of the market for good. Its GPUs become free to be enrolled elsewhere; its history stays.
 * Refused while anything is rented on it.
 */
export async function retireMachine(actor: Actor, input: MachineInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('retire machine', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    const openBookings = await tx.booking.count({ where: { machineId: machine.id, endedAt: null } });
    refuseIf(whyNotRetire({ retiredAt: machine.retiredAt, openBookings }));
    await takeOutMachine(tx, machine.id, now);
    await recordEvent(tx, actor, { kind: 'machine.retired', userId: actor.userId, machineId: machine.id }, now);
  });
}
