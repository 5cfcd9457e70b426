import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { SECOND } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { type Preferences, readTheme } from './preferences.ts';
import { hashOfSecret } from './secret.ts';
import { coarsePlace, SEEN_EVERY_SECONDS, sessionLives, TOKEN_PREFIX } from './session.ts';
import { termsAreCurrent } from './user.ts';

/** Who is signed in, and what the edge wants to know about it besides. */
export type SignedInUser = {
  readonly actor: Actor;
  readonly name: string;
  readonly email: string;
  readonly emailConfirmed: boolean;
  readonly termsCurrent: boolean;
  readonly suspendedReason: string | null;
  readonly preferences: Preferences;
  /** When the account is to be deleted, if its owner asked for it. */
  readonly deletionDueAt: Date | null;
  /** The session row is to be touched again. */
  readonly seenLongAgo: boolean;
};

const SESSION = {
  id: true,
  kind: true,
  expiresAt: true,
  revokedAt: true,
  lastSeenAt: true,
  twoStepAt: true,
  provenAt: true,
  readOnly: true,
  user: {
    select: {
      id: true,
      name: true,
      email: true,
      role: true,
      emailConfirmedAt: true,
      termsVersion: true,
      suspendedAt: true,
      suspendedReason: true,
      timeZone: true,
      locale: true,
      theme: true,
      shortcutsOff: true,
      lowBalanceMicros: true,
      deletionDueAt: true,
    },
  },
} as const;

type SessionRow = NonNullable<Awaited<ReturnType<typeof sessionBy>>>;

function sessionBy(where: { id: string } | { tokenHash: string }) {
  return db.session.findUnique({ where, select: SESSION });
}

/** The user behind a browser session, or null when the session is unknown, revoked or over. One look at the database. */
export async function userOfSession(sessionId: string, now: Date): Promise<SignedInUser | null> {
  const row = await sessionBy({ id: sessionId });
  return row?.kind === 'browser' ? signedIn(row, now) : null;
}

/** The user behind an API token, or null. */
export async function userOfToken(token: string, now: Date): Promise<SignedInUser | null> {
  if (!token.startsWith(TOKEN_PREFIX) || token.length > 100) return null;
  const row = await sessionBy({ tokenHash: hashOfSecret(token) });
  return row?.kind === 'api' ? signedIn(row, now) : null;
}

export async function actorOfSession(sessionId: string, now: Date): Promise<Actor | null> {
  return (await userOfSession(sessionId, now))?.actor ?? null;
}

export async function actorOfToken(token: string, now: Date): Promise<Actor | null> {
  return (await userOfToken(token, now))?.actor ?? null;
}

function signedIn(row: SessionRow, now: Date): SignedInUser | null {
  if (!sessionLives(row, now)) return null;
  const { user } = row;
  return {
    actor: {
      userId: user.id,
      sessionId: row.id,
      role: user.role === 'admin' ? 'admin' : 'member',
      suspended: user.suspendedAt !== null,
      leaving: user.deletionDueAt !== null,
      twoStep: row.twoStepAt !== null,
      provenAt: row.provenAt,
      readOnly: row.readOnly,
    },
    name: user.name,
    email: user.email,
    emailConfirmed: user.emailConfirmedAt !== null,
    termsCurrent: termsAreCurrent(user),
    suspendedReason: user.suspendedReason,
    deletionDueAt: user.deletionDueAt,
    preferences: {
      timeZone: user.timeZone,
      locale: user.locale,
      theme: readTheme(user.theme),
      shortcutsOff: user.shortcutsOff,
      lowBalanceMicros: user.lowBalanceMicros,
    },
    seenLongAgo: now.getTime() - row.lastSeenAt.getTime() >= SEEN_EVERY_SECONDS * SECOND,
  };
}

/** For sign-in only: never leaves the commands. */
export async function credentialsOf(
  email: string,
): Promise<{ id: string; passwordHash: string; demo: boolean; twoStep: boolean } | null> {
  const user = await db.user.findUnique({
    where: { email },
    select: { id: true, passwordHash: true, demo: true, twoStep: { select: { confirmedAt: true } } },
  });
  return user === null ? null : { ...user, twoStep: (user.twoStep?.confirmedAt ?? null) !== null };
}

/** For changing the own password only. */
export async function ownCredentials(actor: Actor): Promise<{ email: string; passwordHash: string }> {
  return db.user.findUniqueOrThrow({ where: { id: actor.userId }, select: { email: true, passwordHash: true } });
}

/** Whose address a mailed link belongs to, while the link is good. */
export async function emailBehindLink(tokenHash: string, purpose: string, now: Date): Promise<string | null> {
  const link = await db.emailToken.findFirst({
    where: { tokenHash, purpose, usedAt: null, expiresAt: { gt: now } },
    select: { user: { select: { email: true } } },
  });
  return link?.user.email ?? null;
}

export type Profile = Preferences & {
  readonly name: string;
  readonly email: string;
  readonly emailConfirmedAt: Date | null;
  readonly role: string;
  readonly termsVersion: string;
  readonly termsAcceptedAt: Date;
  readonly createdAt: Date;
  /** Of the browser in which they signed in last: for mails, while no zone is chosen. */
  readonly browserZone: string | null;
};

export async function profileOf(actor: Actor): Promise<Profile> {
  const profile = await db.user.findUnique({
    where: { id: actor.userId },
    select: {
      name: true,
      email: true,
      emailConfirmedAt: true,
      role: true,
      termsVersion: true,
      termsAcceptedAt: true,
      createdAt: true,
      timeZone: true,
      browserZone: true,
      locale: true,
      theme: true,
      shortcutsOff: true,
      lowBalanceMicros: true,
    },
  });
  if (profile === null) throw new Refusal('notFound');
  return { ...profile, theme: readTheme(profile.theme) };
}

export type SessionListRow = {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  /** The network it was begun from, not the whole address. */
  readonly place: string | null;
  /** It passed the second step of signing in. */
  readonly twoStep: boolean;
  readonly readOnly: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly current: boolean;
};

/** The viewer's living sessions and API tokens: this one first, then the last seen. */
export async function sessionsOf(actor: Actor, now: Date): Promise<SessionListRow[]> {
  const rows = await db.session.findMany({
    where: { userId: actor.userId, kind: { not: 'halfway' }, revokedAt: null, expiresAt: { gt: now } },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    take: 200,
    select: {
      id: true,
      kind: true,
      label: true,
      ip: true,
      twoStepAt: true,
      readOnly: true,
      createdAt: true,
      lastSeenAt: true,
      expiresAt: true,
    },
  });
  return rows
    .map(({ ip, twoStepAt, ...row }) => ({
      ...row,
      place: ip === null ? null : coarsePlace(ip),
      twoStep: twoStepAt !== null,
      current: row.id === actor.sessionId,
    }))
    .sort((a, b) => Number(b.current) - Number(a.current));
}

export type SshKeyRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: Date;
};

/** The viewer's SSH keys, oldest first. */
export async function sshKeysOf(actor: Actor): Promise<SshKeyRow[]> {
  return db.sshKey.findMany({
    where: { userId: actor.userId },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, kind: true, publicKey: true, fingerprint: true, createdAt: true },
  });
}

/** All admins, oldest first: for the operator's command line. */
export async function listAdmins(): Promise<{ email: string; name: string; suspended: boolean }[]> {
  const rows = await db.user.findMany({
    where: { role: 'admin' },
    orderBy: { id: 'asc' },
    select: { email: true, name: true, suspendedAt: true },
  });
  return rows.map((row) => ({ email: row.email, name: row.name, suspended: row.suspendedAt !== null }));
}
