'use server';

import * as z from 'zod';
import { publicAction } from '#app/_edge/action.ts';
import { codePath, safeNext } from '#app/_edge/next-path.ts';
import { beginSession, sessionIdOfRequest } from '#app/_edge/session-cookie.ts';
import { finishSignIn } from '#lib/auth/finish-sign-in.ts';
import { noteBrowserZone } from '#lib/auth/note-browser-zone.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { browserZone, codeInput, signInInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';

const next = z.string().max(2_000).optional();

/** The password; where the account signs in by two steps, the next page asks for the code. */
export const enter = publicAction(
  signInInput.omit({ code: true }).extend({ next, zone: browserZone }),
  async (visitor, { next, zone, ...credentials }) => {
    const session = await signIn(visitor, { ...credentials, kind: 'browser' });
    if (visitor.actor !== null) await revokeSession(visitor.actor, { id: visitor.actor.sessionId });
    await beginSession(session);
    if (!session.codeNeeded) await noteBrowserZone(session.userId, zone);
    const to = safeNext(next);
    return { redirectTo: session.codeNeeded ? codePath(to) : to };
  },
);

/** The code, for the sign-in that the cookie names. */
export const enterCode = publicAction(
  codeInput.extend({ next, zone: browserZone }),
  async (visitor, { code, next, zone }) => {
    const sessionId = await sessionIdOfRequest();
    const session = await finishSignIn(visitor, { code, sessionId: sessionId ?? '' });
    await beginSession(session);
    await noteBrowserZone(session.userId, zone);
    return { redirectTo: safeNext(next) };
  },
);
