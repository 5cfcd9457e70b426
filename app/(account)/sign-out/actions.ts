'use server';

import * as z from 'zod';
import { publicAction } from '#app/_edge/action.ts';
import { forgetSession } from '#app/_edge/session-cookie.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';

export const leave = publicAction(z.object({}), async ({ actor }) => {
  if (actor !== null) await revokeSession(actor, { id: actor.sessionId });
  await forgetSession();
  return { redirectTo: '/' };
});
