import type { AnyActor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireAdmin } from './permission.ts';
import { removeTwoStep } from './remove-two-step.ts';

/**
 * For somebody who lost both their device and their recovery codes: forgets their second step and ends every session and API
 * token, so that only the password opens the account, which they are told by mail. From the operator's command line (the
 * market acts). Answers false when there is no second step. Refuses: `notFound`, `forbidden`.
 */
export async function resetTwoStep(
  actor: AnyActor,
  input: { readonly email: string },
  world: World = theWorld,
): Promise<boolean> {
  requireAdmin(actor);
  const now = world.now();
  return inTransaction('reset-two-step', async (tx) => {
    const user = await tx.user.findUnique({ where: { email: input.email }, select: { id: true } });
    if (user === null) throw new Refusal('notFound');
    if (!(await removeTwoStep(tx, user.id))) return false;
    await tx.session.updateMany({ where: { userId: user.id, revokedAt: null }, data: { revokedAt: now } });
    await recordEvent(tx, actor, { kind: 'twoStep.off', userId: user.id, data: { by: 'operator' } }, now);
    return true;
  });
}
