'use server';

import { action } from '#app/_edge/action.ts';
import { reportListing } from '#lib/trust/report-listing.ts';
import { reportListingInput } from '#lib/trust/schema.ts';

export const report = action(reportListingInput, async (actor, input) => {
  await reportListing(actor, input);
  return 'Thank you. Somebody looks at it, and you are told how it ends.';
});
