import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { lockOwnMachine } from '#lib/catalogue/lock-machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { MachineIdInput } from './schema.ts';

/**
 * The host says that the copy of this machine's identity is gone: it can be rented again. If the copy comes back, so does
 * the flag. Refuses with `notFound`; again is harmless.
 */
export async function clearCopiedIdentity(actor: Actor, input: MachineIdInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('clear-copied-identity', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    if (machine.identityCopiedAt === null) return;
    await tx.machine.update({ where: { id: machine.id }, data: { identityCopiedAt: null } });
    // Boots of the past are forgotten: a copy that comes back counts as new, supersedes, and is found out again.
    await tx.agentSession.deleteMany({ where: { machineId: machine.id, supersededAt: { not: null } } });
    await recordEvent(tx, actor, { kind: 'machine.identityCleared', userId: actor.userId, machineId: machine.id }, now);
  });
}
