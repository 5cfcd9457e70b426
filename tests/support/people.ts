import { TERMS_VERSION } from '#lib/auth/user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import { hashPassword } from '#lib/io/password.ts';

export const PASSWORD = 'a password of the tests';
let hash: Promise<string> | undefined;
let count = 0;

export type Person = Actor & { readonly email: string; readonly name: string };

/** Somebody with a confirmed address and a browser session, ready to act. The password is {@link PASSWORD}. */
export async function person(
  about: { name?: string; email?: string; role?: 'member' | 'admin'; confirmed?: boolean; now?: Date } = {},
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
          expiresAt: new Date('2036-01-01T00:00:00Z'),
        },
      },
    },
  });
  return { userId, sessionId, role, suspended: false, email, name };
}
