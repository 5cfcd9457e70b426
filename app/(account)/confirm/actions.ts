'use server';

import * as z from 'zod';
import { action, publicAction } from '#app/_edge/action.ts';
import { safeNext } from '#app/_edge/next-path.ts';
import { confirmEmail } from '#lib/auth/confirm-email.ts';
import { resendConfirmation } from '#lib/auth/resend-confirmation.ts';
import { confirmEmailInput } from '#lib/auth/schema.ts';

const input = confirmEmailInput.extend({ next: z.string().max(2_000).optional() });

export const confirm = publicAction(input, async (visitor, { token, next }) => {
  const { userId } = await confirmEmail(visitor, { token });
  const there = visitor.actor?.userId === userId ? safeNext(next, '/confirm') : '/sign-in';
  return { redirectTo: there };
});

export const mailAgain = action(z.object({}), async (actor) => {
  await resendConfirmation(actor);
  return 'Mailed again. Links of before are good too.';
});
