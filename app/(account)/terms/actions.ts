'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { safeNext } from '#app/_edge/next-path.ts';
import { acceptTerms } from '#lib/auth/accept-terms.ts';
import { acceptTermsInput } from '#lib/auth/schema.ts';

const input = acceptTermsInput.extend({ next: z.string().max(2_000).optional() });

export const accept = action(input, async (actor, { next, ...accepted }) => {
  await acceptTerms(actor, accepted);
  return { redirectTo: safeNext(next) };
});
