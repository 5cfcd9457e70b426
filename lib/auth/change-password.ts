import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hashPassword, verifyPassword } from '#lib/io/password.ts';
import { RULES } from './attempt.ts';
import { countAttempts, giveBackAttempts } from './count-attempts.ts';
import { normalPassword, whyNotPassword } from './password-rule.ts';
import { ownCredentials } from './queries.ts';
import type { ChangePasswordInput } from './schema.ts';

/**
 * Sets a new password by the present one and ends every other browser session; API tokens stay. Refuses:
 * `wrongCredentials`, `badInput`, `tooManyAttempts`, `conflict` when it was changed elsewhere meanwhile.
 */
export async function changePassword(actor: Actor, input: ChangePasswordInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const user = await ownCredentials(actor);
  const attempts = [{ rule: RULES.signInByAccount, subject: user.email }];
  await inTransaction('change-password: count', (tx) => countAttempts(tx, attempts, now));
  if (!(await verifyPassword(normalPassword(input.currentPassword), user.passwordHash)))
    throw new Refusal('wrongCredentials', { field: 'currentPassword' }, 'This is not your present password.');
  const problem = whyNotPassword(input.newPassword, user.email);
  if (problem !== null) throw new Refusal('badInput', { field: 'newPassword' }, problem);
  const passwordHash = await hashPassword(normalPassword(input.newPassword));
  await inTransaction('change-password', async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: actor.userId, passwordHash: user.passwordHash },
      data: { passwordHash },
    });
    if (count === 0) throw new Refusal('conflict');
    const ended = await tx.session.updateMany({
      where: { userId: actor.userId, kind: 'browser', id: { not: actor.sessionId }, revokedAt: null },
      data: { revokedAt: now },
    });
    await giveBackAttempts(tx, attempts);
    const data = { sessionsEnded: ended.count };
    await recordEvent(tx, actor, { kind: 'account.passwordChanged', userId: actor.userId, data }, now);
  });
}
