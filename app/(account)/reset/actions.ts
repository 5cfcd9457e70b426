'use server';

import { publicAction } from '#app/_edge/action.ts';
import { forgetSession } from '#app/_edge/session-cookie.ts';
import { resetPassword } from '#lib/auth/reset-password.ts';
import { resetPasswordInput } from '#lib/auth/schema.ts';

export const setPassword = publicAction(resetPasswordInput, async (visitor, input) => {
  await resetPassword(visitor, input);
  // Every session of the account is over, this browser's too if it was one of them.
  await forgetSession();
  return { redirectTo: '/reset?done=1' };
});
