'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { checkBooksNow } from '#lib/ledger/check-books.ts';

export const checkNow = action(z.object({}), async (actor) => {
  const { wrong } = await checkBooksNow(actor);
  return wrong === 0 ? 'Checked: everything adds up.' : 'Checked: the books do not add up.';
});
