import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { verifyPassword } from '#lib/io/password.ts';
import { RULES } from './attempt.ts';
import { countAttempts, giveBackAttempts } from './count-attempts.ts';
import { normalPassword } from './password-rule.ts';
import { hasTwoStep } from './queries/two-step.ts';
import { ownCredentials } from './queries.ts';
import type { ProofInput } from './schema.ts';
import { takeSecondStep } from './take-second-step.ts';

/**
 * Proves that it is still the owner who uses a browser session: by a code where the account has two steps, else by the
 * password. Good for 15 minutes. Refuses: `wrongCredentials` or `codeWrong` (`proof`), `tooManyAttempts`.
 */
export async function provePresence(actor: Actor, input: ProofInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { userId, sessionId } = actor;
  const attempts = [{ rule: RULES.proofBySession, subject: sessionId }];
  await inTransaction('prove-presence: count', (tx) => countAttempts(tx, attempts, now));
  const byCode = await hasTwoStep(userId);
  if (!byCode) {
    const { passwordHash } = await ownCredentials(actor);
    if (!(await verifyPassword(normalPassword(input.proof), passwordHash)))
      throw new Refusal('wrongCredentials', { field: 'proof' }, 'This is not your password.');
  }
  await inTransaction('prove-presence', async (tx) => {
    const step = byCode ? await takeSecondStep(tx, userId, input.proof, now) : undefined;
    if (step === null) throw new Refusal('codeWrong', { field: 'proof' });
    await tx.session.updateMany({
      where: { id: sessionId, userId, kind: 'browser', revokedAt: null },
      data: { provenAt: now, ...(byCode ? { twoStepAt: now } : {}) },
    });
    await giveBackAttempts(tx, attempts);
    if (step === 'recovery') await recordEvent(tx, actor, { kind: 'twoStep.recovered', userId }, now);
  });
}
