import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { hashPassword } from '#lib/io/password.ts';
import { addressGroup, RULES } from './attempt.ts';
import { countAttempts } from './count-attempts.ts';
import { issueLink } from './issue-link.ts';
import { confirmationLetter } from './letter.ts';
import { normalPassword, whyNotPassword } from './password-rule.ts';
import { queueMail } from './queue-mail.ts';
import type { CreateAccountInput } from './schema.ts';
import { TERMS_VERSION } from './user.ts';
import type { Visitor } from './visitor.ts';

/**
 * Creates an account, renter and host in one, and mails the link that confirms its address.
 * Refuses: `tooManyAttempts`, `badInput` (password), `emailTaken`.
 */
export async function createAccount(
  visitor: Visitor,
  input: CreateAccountInput,
  world: World = theWorld,
): Promise<{ userId: string }> {
  const now = world.now();
  const problem = whyNotPassword(input.password, input.email);
  if (problem !== null) throw new Refusal('badInput', { field: 'password' }, problem);
  await inTransaction('create-account: count', (tx) =>
    countAttempts(
      tx,
      [
        { rule: RULES.signUpByAddress, subject: addressGroup(visitor.address) },
        { rule: RULES.signUpByAccount, subject: input.email },
      ],
      now,
    ),
  );
  const passwordHash = await hashPassword(normalPassword(input.password));
  const userId = newId('user', now);
  try {
    await inTransaction('create-account', async (tx) => {
      await tx.user.create({
        data: {
          id: userId,
          email: input.email,
          name: input.name,
          passwordHash,
          termsVersion: TERMS_VERSION,
          termsAcceptedAt: now,
          createdAt: now,
        },
      });
      const token = await issueLink(tx, userId, 'confirm', now);
      await queueMail(tx, confirmationLetter(input, env().publicUrl, token), now);
      await recordEvent(
        tx,
        { userId },
        { kind: 'account.created', userId, data: { termsVersion: TERMS_VERSION } },
        now,
      );
    });
  } catch (error) {
    if (breaksConstraint(error, 'users_email_key')) throw new Refusal('emailTaken', { field: 'email' });
    throw error;
  }
  return { userId };
}
