'use server';

import { action } from '#app/_edge/action.ts';
import { bookDifference, bookDifferenceInput } from '#lib/payments/book-difference.ts';
import { explainDifference, explainDifferenceInput } from '#lib/payments/explain-difference.ts';

export const explain = action(explainDifferenceInput, async (actor, input) => {
  await explainDifference(actor, input);
  return 'Explained. It stays in the list, and the audit trail has your reason.';
});

export const book = action(bookDifferenceInput, async (actor, input) => {
  await bookDifference(actor, input);
  return 'Booked by one transfer. Both agree about it from the next comparison on.';
});
