import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { RULES } from './attempt.ts';
import { countAttempts } from './count-attempts.ts';
import { issueLink } from './issue-link.ts';
import { confirmationLetter } from './letter.ts';
import { queueMail } from './queue-mail.ts';

/** Mails the confirmation link again; older ones stay good. Refuses: `notNow` when confirmed, `tooManyAttempts`. */
export async function resendConfirmation(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  await inTransaction('resend-confirmation', async (tx) => {
    const user = await tx.user.findUniqueOrThrow({
      where: { id: actor.userId },
      select: { email: true, name: true, emailConfirmedAt: true },
    });
    if (user.emailConfirmedAt !== null)
      throw new Refusal('notNow', {}, 'Your e-mail address is confirmed already. There is nothing to do.');
    await countAttempts(tx, [{ rule: RULES.mailByAccount, subject: user.email }], now);
    const token = await issueLink(tx, actor.userId, 'confirm', now);
    await queueMail(tx, confirmationLetter(user, env().publicUrl, token), now);
  });
}
