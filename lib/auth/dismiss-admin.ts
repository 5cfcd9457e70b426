import type { AnyActor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockAdmins } from './lock-admins.ts';
import { requireAdmin } from './permission.ts';

/** Makes an admin an ordinary account again. Answers false when it is none. Refuses: `notFound`, `lastAdmin`, `forbidden`. */
export async function dismissAdmin(
  actor: AnyActor,
  input: { readonly email: string },
  world: World = theWorld,
): Promise<boolean> {
  requireAdmin(actor);
  const now = world.now();
  return inTransaction('dismiss-admin', async (tx) => {
    const admins = await lockAdmins(tx);
    const user = await tx.user.findUnique({ where: { email: input.email }, select: { id: true, role: true } });
    if (user === null) throw new Refusal('notFound');
    if (user.role !== 'admin') return false;
    if (admins.every((id) => id === user.id)) throw new Refusal('lastAdmin');
    await tx.user.update({ where: { id: user.id }, data: { role: 'member' } });
    await recordEvent(tx, actor, { kind: 'account.adminDismissed', userId: user.id }, now);
    return true;
  });
}
