'use server';

import * as z from 'zod';
import { publicAction } from '#app/_edge/action.ts';
import { safeNext } from '#app/_edge/next-path.ts';
import { beginSession } from '#app/_edge/session-cookie.ts';
import { createAccount } from '#lib/auth/create-account.ts';
import { noteBrowserZone } from '#lib/auth/note-browser-zone.ts';
import { browserZone, createAccountInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';

const input = createAccountInput.extend({ next: z.string().max(2_000).optional(), zone: browserZone });

export const join = publicAction(input, async (visitor, { next, zone, ...account }) => {
  await createAccount(visitor, account);
  const session = await signIn(visitor, { email: account.email, password: account.password, kind: 'browser' });
  await beginSession(session);
  await noteBrowserZone(session.userId, zone);
  const safe = safeNext(next);
  return { redirectTo: safe === '/' ? '/confirm' : `/confirm?next=${encodeURIComponent(safe)}` };
});
