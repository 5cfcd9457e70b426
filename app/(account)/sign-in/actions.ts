'use server';

import * as z from 'zod';
import { publicAction } from '#app/_edge/action.ts';
import { safeNext } from '#app/_edge/next-path.ts';
import { beginSession } from '#app/_edge/session-cookie.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { signInInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';

const input = signInInput.extend({ next: z.string().max(2_000).optional() });

export const enter = publicAction(input, async (visitor, { next, ...credentials }) => {
  const session = await signIn(visitor, { ...credentials, kind: 'browser' });
  if (visitor.actor !== null) await revokeSession(visitor.actor, { id: visitor.actor.sessionId });
  await beginSession(session);
  return { redirectTo: safeNext(next) };
});
