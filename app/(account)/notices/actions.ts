'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { markNoticesRead } from '#lib/notices/mark-notices-read.ts';

const id = z.string().min(1).max(64);

/** Follows a notice: it is read then. */
export const openNotice = action(z.object({ id, link: z.string().max(500).optional() }), async (actor, input) => {
  await markNoticesRead(actor, { id: input.id });
  return input.link === undefined ? {} : { redirectTo: input.link };
});

export const readAll = action(z.object({ upTo: id }), async (actor, { upTo }) => {
  await markNoticesRead(actor, { upTo });
});
