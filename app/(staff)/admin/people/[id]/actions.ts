'use server';

import { action } from '#app/_edge/action.ts';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUserInput } from '#lib/auth/schema.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';

export const suspend = action(suspendUserInput, async (actor, input) => {
  await suspendUser(actor, input);
  return 'The account is suspended. Running rentals go on.';
});

export const restore = action(suspendUserInput, async (actor, input) => {
  await restoreUser(actor, input);
  return 'The account is restored.';
});
