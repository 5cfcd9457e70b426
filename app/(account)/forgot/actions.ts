'use server';

import { publicAction } from '#app/_edge/action.ts';
import { requestPasswordReset } from '#lib/auth/request-password-reset.ts';
import { requestPasswordResetInput } from '#lib/auth/schema.ts';

export const askForReset = publicAction(requestPasswordResetInput, async (visitor, input) => {
  await requestPasswordReset(visitor, input);
  return 'If there is an account with this address, a link to set a new password is on its way. It is good for one hour.';
});
