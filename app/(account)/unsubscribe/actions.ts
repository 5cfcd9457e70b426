'use server';

import * as z from 'zod';
import { publicAction } from '#app/_edge/action.ts';
import { stopMails } from '#lib/notices/stop-mails.ts';

export const stop = publicAction(z.object({ token: z.string().max(300) }), async (_visitor, { token }) => {
  const { title } = await stopMails(token);
  return `Done. No more mails of: ${title}. It stays on the bell.`;
});
