import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { makeRecoveryCodes } from './make-recovery-codes.ts';
import { requireProven, requireTwoStep } from './permission.ts';

/** Makes ten new recovery codes and answers them, this once; all before are worth nothing. Refuses: `twoStepNeeded`, `proofNeeded`, `notNow`. */
export async function renewRecoveryCodes(actor: Actor, world: World = theWorld): Promise<readonly string[]> {
  const now = world.now();
  const { userId } = actor;
  requireTwoStep(actor);
  requireProven(actor, now);
  return inTransaction('renew-recovery-codes', async (tx) => {
    // Locked, so that codes are taken before or after, never of both sets.
    const [row] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM two_steps WHERE user_id = ${userId} AND confirmed_at IS NOT NULL FOR UPDATE`;
    if (row === undefined) throw new Refusal('notNow', {}, 'Two-step sign-in is off: there is nothing to recover.');
    const codes = await makeRecoveryCodes(tx, userId, now);
    await recordEvent(tx, actor, { kind: 'twoStep.codesMade', userId }, now);
    return codes;
  });
}
