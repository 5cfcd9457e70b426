import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { decryptSecret } from '#lib/io/secrets.ts';
import { RULES } from './attempt.ts';
import { countAttempts, giveBackAttempts } from './count-attempts.ts';
import { makeRecoveryCodes } from './make-recovery-codes.ts';
import { requireProven } from './permission.ts';
import type { CodeInput } from './schema.ts';
import { matchTotp, readTotp } from './totp.ts';
import { twoStepContext } from './two-step.ts';

/**
 * Switches two-step sign-in on by a code of the app that was set up, ends every other browser session, and answers the
 * recovery codes, this once. API tokens stay, but do not count as two-step. Refuses: `proofNeeded`, `codeWrong` (`code`),
 * `tooManyAttempts`, `notNow` when nothing was set up.
 */
export async function confirmTwoStep(
  actor: Actor,
  input: CodeInput,
  world: World = theWorld,
): Promise<readonly string[]> {
  const now = world.now();
  requireProven(actor, now);
  const { userId, sessionId } = actor;
  const attempts = [{ rule: RULES.proofBySession, subject: sessionId }];
  await inTransaction('confirm-two-step: count', (tx) => countAttempts(tx, attempts, now));
  return inTransaction('confirm-two-step', async (tx) => {
    const [row] = await tx.$queryRaw<{ secret: string }[]>`
      SELECT secret FROM two_steps WHERE user_id = ${userId} AND confirmed_at IS NULL FOR UPDATE`;
    if (row === undefined)
      throw new Refusal('notNow', {}, 'There is nothing to confirm. Set two-step sign-in up first.');
    const code = readTotp(input.code);
    const secret = Buffer.from(decryptSecret(row.secret, twoStepContext(userId)), 'base64url');
    const step = code === undefined ? null : matchTotp(secret, code, now, null);
    if (step === null)
      throw new Refusal(
        'codeWrong',
        { field: 'code' },
        'This code does not fit. Look whether the clock of your phone is right, and type the code it shows now.',
      );
    await tx.twoStep.update({ where: { userId }, data: { confirmedAt: now, lastStep: BigInt(step) } });
    await tx.session.updateMany({
      where: { id: sessionId, userId },
      data: { twoStepAt: now, provenAt: now },
    });
    const ended = await tx.session.updateMany({
      where: { userId, kind: { not: 'api' }, id: { not: sessionId }, revokedAt: null },
      data: { revokedAt: now },
    });
    const codes = await makeRecoveryCodes(tx, userId, now);
    await giveBackAttempts(tx, attempts);
    const data = { sessionsEnded: ended.count };
    await recordEvent(tx, actor, { kind: 'twoStep.on', userId, data }, now);
    return codes;
  });
}
