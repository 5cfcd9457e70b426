'use server';

import { action } from '#app/_edge/action.ts';
import { cancelArray, cancelJob } from '#lib/jobs/cancel-jobs.ts';
import { arrayIdInput, jobIdInput } from '#lib/jobs/schema.ts';

export const cancelOne = action(jobIdInput, async (actor, input) => {
  await cancelJob(actor, input);
  return 'Cancelled. Nothing after this moment is billed.';
});

export const cancelAll = action(arrayIdInput, async (actor, input) => {
  await cancelArray(actor, input);
  return 'Cancelled. Nothing after this moment is billed.';
});
