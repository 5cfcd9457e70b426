import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireAdmin } from './permission.ts';
import type { SuspendUserInput } from './schema.ts';
import { suspendAccount } from './suspend-account.ts';

/**
 * Suspends an account with a reason that its owner reads: it may look, and end what runs, but begin nothing. What runs goes
 * on. Suspending it again is refused with `notNow`. Refuses: `forbidden`, `notFound`, `lastAdmin`.
 */
export async function suspendUser(actor: Actor, input: SuspendUserInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  await inTransaction('suspend-user', (tx) => suspendAccount(tx, actor, input, world.now()));
}
