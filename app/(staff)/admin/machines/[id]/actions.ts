'use server';

import { action } from '#app/_edge/action.ts';
import { checkMachine } from '#lib/catalogue/check-machine.ts';
import { approveListing, restoreListing, suspendListing } from '#lib/catalogue/decide-listing.ts';
import { checkMachineInput, decideListingInput } from '#lib/catalogue/schema.ts';

export const approve = action(decideListingInput, async (actor, input) => {
  await approveListing(actor, input);
  return 'Approved: renters can see it.';
});

export const suspend = action(decideListingInput, async (actor, input) => {
  await suspendListing(actor, input);
  return 'Suspended: it takes no bookings. Running ones go on.';
});

export const restore = action(decideListingInput, async (actor, input) => {
  await restoreListing(actor, input);
  return 'Restored.';
});

export const check = action(checkMachineInput, async (actor, input) => {
  await checkMachine(actor, input);
});
