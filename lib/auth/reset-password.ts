import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hashPassword } from '#lib/io/password.ts';
import { addressGroup, RULES } from './attempt.ts';
import { countAttempts } from './count-attempts.ts';
import { normalPassword, whyNotPassword } from './password-rule.ts';
import { emailBehindLink } from './queries.ts';
import type { ResetPasswordInput } from './schema.ts';
import { hashOfSecret } from './secret.ts';
import type { Visitor } from './visitor.ts';

/**
 * Sets a new password by a mailed link, once, and ends every session and API token of the account. Whoever can open the
 * link owns the address, so it counts as confirmed. Refuses: `linkInvalid`, `badInput` (password), `tooManyAttempts`.
 */
export async function resetPassword(
  visitor: Visitor,
  input: ResetPasswordInput,
  world: World = theWorld,
): Promise<{ userId: string }> {
  const now = world.now();
  await inTransaction('reset-password: count', (tx) =>
    countAttempts(tx, [{ rule: RULES.linkByAddress, subject: addressGroup(visitor.address) }], now),
  );
  const tokenHash = hashOfSecret(input.token);
  const email = await emailBehindLink(tokenHash, 'reset', now);
  if (email === null) throw new Refusal('linkInvalid');
  const problem = whyNotPassword(input.password, email);
  if (problem !== null) throw new Refusal('badInput', { field: 'password' }, problem);
  const passwordHash = await hashPassword(normalPassword(input.password));
  return inTransaction('reset-password', async (tx) => {
    const link = await tx.emailToken.findFirst({ where: { tokenHash }, select: { userId: true } });
    if (link === null) throw new Refusal('linkInvalid');
    const { userId } = link;
    // The account's row first: whoever signs in or resets at the same time waits for it.
    await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
    const { count } = await tx.emailToken.updateMany({
      where: { tokenHash, purpose: 'reset', usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    if (count === 0) throw new Refusal('linkInvalid');
    await tx.emailToken.updateMany({ where: { userId, purpose: 'reset', usedAt: null }, data: { usedAt: now } });
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await tx.user.updateMany({ where: { id: userId, emailConfirmedAt: null }, data: { emailConfirmedAt: now } });
    await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } });
    await recordEvent(tx, { userId }, { kind: 'account.passwordReset', userId }, now);
    return { userId };
  });
}
