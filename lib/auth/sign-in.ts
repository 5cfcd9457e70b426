import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hashPassword, isOutdated, verifyPassword } from '#lib/io/password.ts';
import { addressGroup, RULES } from './attempt.ts';
import { type Attempt, countAttempts, giveBackAttempts } from './count-attempts.ts';
import { normalPassword } from './password-rule.ts';
import { credentialsOf } from './queries.ts';
import type { SignInInput } from './schema.ts';
import { hashOfSecret } from './secret.ts';
import { type SessionKind, sessionEnd, TOKEN_PREFIX } from './session.ts';
import { readEmail } from './user.ts';
import type { Visitor } from './visitor.ts';

export type SignedIn = {
  readonly userId: string;
  readonly sessionId: string;
  /** Of an API session only; shown once and stored as a hash. */
  readonly token: string | null;
};

/**
 * Begins a session by e-mail and password: for a browser (its id goes into the signed cookie) or for a program (a bearer
 * token). Unknown account and wrong password take the same time and get the same answer. Refuses: `wrongCredentials`, `tooManyAttempts`.
 */
export async function signIn(
  visitor: Visitor,
  input: SignInInput & { readonly kind: SessionKind },
  world: World = theWorld,
): Promise<SignedIn> {
  const now = world.now();
  const email = readEmail(input.email);
  const attempts: Attempt[] = [{ rule: RULES.signInByAddress, subject: addressGroup(visitor.address) }];
  if (email !== undefined) attempts.push({ rule: RULES.signInByAccount, subject: email });
  await inTransaction('sign-in: count', (tx) => countAttempts(tx, attempts, now));

  const password = normalPassword(input.password);
  const user = email === undefined ? null : await credentialsOf(email);
  const right = await verifyPassword(password, user?.passwordHash ?? null);
  if (user === null || !right) throw new Refusal('wrongCredentials');
  const rehashed = isOutdated(user.passwordHash) ? await hashPassword(password) : undefined;

  const sessionId = newId('session', now);
  const token = input.kind === 'api' ? `${TOKEN_PREFIX}${newSecret()}` : null;
  return inTransaction('sign-in', async (tx) => {
    // A password that was changed since it was verified opens nothing.
    const still = await tx.$queryRaw<unknown[]>`
      SELECT id FROM users WHERE id = ${user.id} AND password_hash = ${user.passwordHash} FOR UPDATE`;
    if (still.length === 0) throw new Refusal('wrongCredentials');
    if (rehashed !== undefined) await tx.user.update({ where: { id: user.id }, data: { passwordHash: rehashed } });
    await tx.session.create({
      data: {
        id: sessionId,
        userId: user.id,
        kind: input.kind,
        tokenHash: token === null ? null : hashOfSecret(token),
        label: visitor.label,
        ip: visitor.address,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: sessionEnd(now),
      },
    });
    await giveBackAttempts(tx, attempts);
    await recordEvent(
      tx,
      { userId: user.id },
      { kind: 'session.begun', userId: user.id, data: { sessionKind: input.kind, label: visitor.label } },
      now,
    );
    return { userId: user.id, sessionId, token };
  });
}
