import type { AnyActor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireAdmin } from './permission.ts';

/** Makes the account with this address an admin: from the operator's command line (the market acts) or by another admin. Answers false when it is one already. Refuses: `notFound`, `forbidden`. */
export async function makeAdmin(
  actor: AnyActor,
  input: { readonly email: string },
  world: World = theWorld,
): Promise<boolean> {
  requireAdmin(actor);
  const now = world.now();
  return inTransaction('make-admin', async (tx) => {
    const user = await tx.user.findUnique({ where: { email: input.email }, select: { id: true } });
    if (user === null) throw new Refusal('notFound');
    const { count } = await tx.user.updateMany({
      where: { id: user.id, role: { not: 'admin' } },
      data: { role: 'admin' },
    });
    if (count === 1) await recordEvent(tx, actor, { kind: 'account.adminMade', userId: user.id }, now);
    return count === 1;
  });
}
