import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { decryptSecret, keepsSecrets } from '#lib/io/secrets.ts';
import { toBase32, totpUri } from '../totp.ts';
import { twoStepContext } from '../two-step.ts';

export type TwoStepState = {
  /** This market can keep a secret: without SUBLET_SECRETS_KEY nobody sets two steps up. */
  readonly possible: boolean;
  readonly since: Date | null;
  readonly codesLeft: number;
  /** What an app is to be given, while it is set up and not confirmed. */
  readonly pending: { readonly secret: string; readonly uri: string } | null;
};

/** How the viewer signs in: whether by two steps, and the secret only while it is being set up. */
export async function twoStepOf(actor: Actor): Promise<TwoStepState> {
  const [row, codesLeft] = await Promise.all([
    db.twoStep.findUnique({
      where: { userId: actor.userId },
      select: { secret: true, confirmedAt: true, user: { select: { email: true } } },
    }),
    db.recoveryCode.count({ where: { userId: actor.userId, usedAt: null } }),
  ]);
  const since = row?.confirmedAt ?? null;
  const possible = keepsSecrets();
  if (row === null || since !== null || !possible) return { possible, since, codesLeft, pending: null };
  const secret = Buffer.from(decryptSecret(row.secret, twoStepContext(actor.userId)), 'base64url');
  const uri = totpUri({ secret, email: row.user.email, market: new URL(env().publicUrl).hostname });
  return { possible, since, codesLeft, pending: { secret: toBase32(secret), uri } };
}

/** Whether this account signs in by two steps. */
export async function hasTwoStep(userId: string): Promise<boolean> {
  const row = await db.twoStep.findUnique({ where: { userId }, select: { confirmedAt: true } });
  return row !== null && row.confirmedAt !== null;
}

/** Whose sign-in waits for its code behind this session id, while it does. */
export async function halfwayIn(sessionId: string, now: Date): Promise<{ userId: string; email: string } | null> {
  const row = await db.session.findFirst({
    where: { id: sessionId, kind: 'halfway', revokedAt: null, expiresAt: { gt: now } },
    select: { userId: true, user: { select: { email: true } } },
  });
  return row === null ? null : { userId: row.userId, email: row.user.email };
}
