import { newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { hashPassword, isOutdated, verifyPassword } from '#lib/io/password.ts';
import { addressGroup, codeAttempts, RULES } from './attempt.ts';
import { type Attempt, countAttempts, giveBackAttempts } from './count-attempts.ts';
import { countWrongCode } from './count-wrong-code.ts';
import { openSession } from './open-session.ts';
import { normalPassword } from './password-rule.ts';
import { credentialsOf } from './queries.ts';
import type { SignInInput } from './schema.ts';
import { type SessionKind, TOKEN_PREFIX } from './session.ts';
import { takeSecondStep } from './take-second-step.ts';
import { readEmail } from './user.ts';
import type { Visitor } from './visitor.ts';

export type SignedIn = {
  readonly userId: string;
  readonly sessionId: string;
  /** Of an API session only; shown once and stored as a hash. */
  readonly token: string | null;
  /** The session is halfway: nobody acts by it until {@link finishSignIn} gave the code. */
  readonly codeNeeded: boolean;
};

/**
 * Begins a session by e-mail and password: for a browser (its id goes into the signed cookie) or for a program (a bearer
 * token). Unknown account and wrong password take the same time and get the same answer. Where the account signs in by two
 * steps and no code came along, a browser gets a session that waits for one, and a program is refused with `codeNeeded`.
 * Refuses: `wrongCredentials`, `codeWrong` (`code`), `tooManyAttempts`.
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

  if (user.twoStep && input.code === undefined) {
    if (input.kind === 'api') throw new Refusal('codeNeeded', { field: 'code' });
    return inTransaction('sign-in: halfway', async (tx) => {
      await requireSamePassword(tx, user);
      const sessionId = await openSession(tx, user.id, 'halfway', visitor, now, null);
      await giveBackAttempts(tx, attempts);
      return { userId: user.id, sessionId, token: null, codeNeeded: true };
    });
  }
  // Everybody knows the demo's accounts; elsewhere none has this mark, and there the mark is worth nothing.
  const counts = user.twoStep || (user.demo && env().demo);
  const code = user.twoStep ? (input.code ?? '') : null;
  const codes = code === null ? [] : codeAttempts(user.id, code);
  if (codes.length > 0) await inTransaction('sign-in: count codes', (tx) => countAttempts(tx, codes, now));
  const token = input.kind === 'api' ? `${TOKEN_PREFIX}${newSecret()}` : null;
  const done = await inTransaction('sign-in', async (tx) => {
    await requireSamePassword(tx, user);
    const step = code === null ? undefined : await takeSecondStep(tx, user.id, code, now);
    if (step === null) {
      // Committed: a wrong code is a fact, and its point stays counted.
      await countWrongCode(tx, user.id, now);
      return null;
    }
    if (rehashed !== undefined) await tx.user.update({ where: { id: user.id }, data: { passwordHash: rehashed } });
    const sessionId = await openSession(tx, user.id, input.kind, visitor, now, token, counts);
    await giveBackAttempts(tx, [...attempts, ...codes]);
    const data = { sessionKind: input.kind, label: visitor.label, ...(step === undefined ? {} : { secondStep: step }) };
    await recordEvent(tx, { userId: user.id }, { kind: 'session.begun', userId: user.id, data }, now);
    if (step === 'recovery')
      await recordEvent(tx, { userId: user.id }, { kind: 'twoStep.recovered', userId: user.id }, now);
    return { userId: user.id, sessionId, token, codeNeeded: false };
  });
  if (done === null) throw new Refusal('codeWrong', { field: 'code' });
  return done;
}

/** A password that was changed since it was verified opens nothing. */
async function requireSamePassword(tx: Tx, user: { readonly id: string; readonly passwordHash: string }) {
  const still = await tx.$queryRaw<unknown[]>`
    SELECT id FROM users WHERE id = ${user.id} AND password_hash = ${user.passwordHash} FOR UPDATE`;
  if (still.length === 0) throw new Refusal('wrongCredentials');
}
