'use server';

import { action } from '#app/_edge/action.ts';
import { explainDifference, explainDifferenceInput } from '#lib/payments/explain-difference.ts';

export const explain = action(explainDifferenceInput, async (actor, input) => {
  await explainDifference(actor, input);
  return 'Explained. It stays in the list, and the audit trail has your reason.';
});
