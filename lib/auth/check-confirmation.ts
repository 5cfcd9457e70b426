import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';

/** Step: whoever rents or rents out has a confirmed address, because notices about money go there. Refuses with `emailUnconfirmed`. */
export async function requireConfirmedEmail(tx: Tx, actor: Actor): Promise<void> {
  const user = await tx.user.findUnique({ where: { id: actor.userId }, select: { emailConfirmedAt: true } });
  if (user === null || user.emailConfirmedAt === null) throw new Refusal('emailUnconfirmed');
}
