import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireActive } from './permission.ts';
import type { RenameAccountInput } from './schema.ts';

/** Changes the name that others see. Refuses: `suspended`. */
export async function renameAccount(actor: Actor, input: RenameAccountInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  await inTransaction('rename-account', async (tx) => {
    const before = await tx.user.findUniqueOrThrow({ where: { id: actor.userId }, select: { name: true } });
    if (before.name === input.name) return;
    await tx.user.update({ where: { id: actor.userId }, data: { name: input.name } });
    const data = { from: before.name, to: input.name };
    await recordEvent(tx, actor, { kind: 'account.renamed', userId: actor.userId, data }, now);
  });
}
