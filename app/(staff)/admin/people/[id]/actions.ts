'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';

const decision = z.object({ userId: z.string(), reason: z.string() });

export const suspend = action(decision, async (actor, input) => {
  await suspendUser(actor, input);
  return 'The account is suspended. Running rentals go on.';
});

export const restore = action(decision, async (actor, input) => {
  await restoreUser(actor, input);
  return 'The account is restored.';
});
