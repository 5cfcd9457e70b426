import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { after } from 'next/server';
import { cache } from 'react';
import { type SignedInUser, userOfSession } from '#lib/auth/queries.ts';
import { labelOf } from '#lib/auth/session.ts';
import { touchSession } from '#lib/auth/touch-session.ts';
import type { Visitor } from '#lib/auth/visitor.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { addressOf } from './address.ts';
import { safeNext, signInPath } from './next-path.ts';
import { ASKED_HEADER } from './peer.ts';
import { sessionIdOfRequest } from './session-cookie.ts';

/** Who is signed in, with what the shell shows. The session row is read on every request, once. */
export const signedInUser = cache(async (): Promise<SignedInUser | null> => {
  const sessionId = await sessionIdOfRequest();
  if (sessionId === null) return null;
  const user = await userOfSession(sessionId, theWorld.now());
  if (user?.seenLongAgo)
    after(() => touchSession(user.actor).catch((error: unknown) => log.warn({ err: error }, 'session not touched')));
  return user;
});

/** Who asks, or null for a guest. Suspended people are signed in: `actor.suspended` says so, commands refuse them. */
export async function currentActor(): Promise<Actor | null> {
  return (await signedInUser())?.actor ?? null;
}

/**
 * Who asks; a guest is sent to sign in and led back to `next` (the page being asked for, unless given), somebody who has not
 * accepted the present terms is led over them first.
 */
export async function requireActor(next?: string): Promise<Actor> {
  const user = await signedInUser();
  if (user === null) redirect(signInPath(next ?? (await askedPath())));
  if (!user.termsCurrent) redirect(`/terms?next=${encodeURIComponent(safeNext(next ?? (await askedPath())))}`);
  return user.actor;
}

/** Who asks, if it is an admin in good standing; for everybody else the page does not exist. One without two-step sign-in is led to set it up. */
export async function requireAdminPage(): Promise<Actor> {
  const actor = await currentActor();
  if (actor === null || actor.role !== 'admin' || actor.suspended) notFound();
  // Being an admin is no secret to the admin: say what is missing.
  if (actor.twoStep !== true) redirect('/account/security?needed=staff');
  return actor;
}

/** Where a request comes from and what sent it: what limits count and session lists show. */
export async function currentVisitor(): Promise<Visitor> {
  const sent = await headers();
  return {
    address: addressOf({ headers: sent }),
    label: labelOf(sent.get('user-agent')),
  };
}

async function askedPath(): Promise<string> {
  return safeNext((await headers()).get(ASKED_HEADER));
}
