import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { addressGroup, RULES } from './attempt.ts';
import { countAttempts } from './count-attempts.ts';
import { issueLink } from './issue-link.ts';
import { resetLetter } from './letter.ts';
import { queueMail } from './queue-mail.ts';
import type { RequestPasswordResetInput } from './schema.ts';
import type { Visitor } from './visitor.ts';

/** Mails a reset link if there is such an account, and answers the same if there is none. Refuses: `tooManyAttempts`. */
export async function requestPasswordReset(
  visitor: Visitor,
  input: RequestPasswordResetInput,
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  await inTransaction('request-password-reset: count', (tx) =>
    countAttempts(
      tx,
      [
        { rule: RULES.mailByAddress, subject: addressGroup(visitor.address) },
        { rule: RULES.mailByAccount, subject: input.email },
      ],
      now,
    ),
  );
  await inTransaction('request-password-reset', async (tx) => {
    const user = await tx.user.findUnique({
      where: { email: input.email },
      select: { id: true, email: true, name: true },
    });
    if (user === null) return;
    const token = await issueLink(tx, user.id, 'reset', now);
    await queueMail(tx, resetLetter(user, env().publicUrl, token), now);
  });
}
