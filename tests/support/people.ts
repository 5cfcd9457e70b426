import { TERMS_VERSION } from '#lib/auth/user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import { hashPassword } from '#lib/io/password.ts';

export const PASSWORD = 'a password of the tests';
let hash: Promise<string> | undefined;
let count = 0;

export type Person = Actor & { readonly email: string; readonly name: string };

/** Sessions of the tests are proven whatever a test's clock says. */
const EVER = new Date('2036-01-01T00:00:00Z');

/** Somebody with a confirmed address and a browser session that passed both steps, ready to act. The password is {@link PASSWORD}. */
export async function person(
  about: {
    name?: string;
    email?: string;
    role?: 'member' | 'admin';
    confirmed?: boolean;
    twoStep?: boolean;
    now?: Date;
  } = {},
): Promise<Person> {
  hash ??= hashPassword(PASSWORD);
  count += 1;
  const now = about.now ?? new Date('2026-11-23T12:00:00Z');
  const userId = newId('user', now);
  const sessionId = newId('session', now);
  const email = about.email ?? `person${count}@example.org`;
  const name = about.name ?? `Person ${count}`;
  const role = about.role ?? 'member';
  await db.user.create({
    data: {
      id: userId,
      email,
      name,
      role,
      passwordHash: await hash,
      emailConfirmedAt: about.confirmed === false ? null : now,
      termsVersion: TERMS_VERSION,
      termsAcceptedAt: now,
      createdAt: now,
      sessions: {
        create: {
          id: sessionId,
          kind: 'browser',
          label: 'Firefox on Linux',
          createdAt: now,
          lastSeenAt: now,
          expiresAt: EVER,
          twoStepAt: about.twoStep === false ? null : now,
          provenAt: EVER,
        },
      },
    },
  });
  const twoStep = about.twoStep !== false;
  return { userId, sessionId, role, suspended: false, twoStep, provenAt: EVER, email, name };
}
