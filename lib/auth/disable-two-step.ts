import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { RULES } from './attempt.ts';
import { countAttempts, giveBackAttempts } from './count-attempts.ts';
import { removeTwoStep } from './remove-two-step.ts';
import type { CodeInput } from './schema.ts';
import { takeSecondStep } from './take-second-step.ts';

/**
 * Switches two-step sign-in off by a code of the app or a recovery code, whatever was proven lately. What needs it (staff's
 * work, payouts) is refused from the next request on, of API tokens too. Refuses: `codeWrong` (`code`), `tooManyAttempts`.
 */
export async function disableTwoStep(actor: Actor, input: CodeInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { userId, sessionId } = actor;
  const attempts = [{ rule: RULES.proofBySession, subject: sessionId }];
  await inTransaction('disable-two-step: count', (tx) => countAttempts(tx, attempts, now));
  await inTransaction('disable-two-step', async (tx) => {
    if ((await takeSecondStep(tx, userId, input.code, now)) === null) throw new Refusal('codeWrong', { field: 'code' });
    await removeTwoStep(tx, userId);
    await giveBackAttempts(tx, attempts);
    await recordEvent(tx, actor, { kind: 'twoStep.off', userId, data: { by: 'owner' } }, now);
  });
}
