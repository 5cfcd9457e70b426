import type { Tx } from '#lib/io/db.ts';
import { decryptSecret } from '#lib/io/secrets.ts';
import { hashOfRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { matchTotp, readTotp } from './totp.ts';
import { twoStepContext } from './two-step.ts';

/** How somebody passed the second step. */
export type SecondStep = 'app' | 'recovery';

/**
 * Step: takes a code of the app or a recovery code of an account with two-step sign-in, once: the row of the account's second
 * step is locked, so of two that send one code at the same time one gets through. Null when it is wrong, was used before, or
 * the account has no second step.
 */
export async function takeSecondStep(tx: Tx, userId: string, text: string, now: Date): Promise<SecondStep | null> {
  const [row] = await tx.$queryRaw<{ secret: string; last_step: bigint | null }[]>`
    SELECT secret, last_step FROM two_steps WHERE user_id = ${userId} AND confirmed_at IS NOT NULL FOR UPDATE`;
  if (row === undefined) return null;
  const recovery = readRecoveryCode(text);
  if (recovery !== undefined) {
    const { count } = await tx.recoveryCode.updateMany({
      where: { userId, codeHash: hashOfRecoveryCode(recovery), usedAt: null },
      data: { usedAt: now },
    });
    return count === 1 ? 'recovery' : null;
  }
  const code = readTotp(text);
  if (code === undefined) return null;
  const secret = Buffer.from(decryptSecret(row.secret, twoStepContext(userId)), 'base64url');
  const step = matchTotp(secret, code, now, Number(row.last_step));
  if (step === null) return null;
  await tx.twoStep.update({ where: { userId }, data: { lastStep: BigInt(step) } });
  return 'app';
}
