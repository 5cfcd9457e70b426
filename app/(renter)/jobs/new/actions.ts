'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import type { FormState } from '#components/ui/form-state.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { submitJobs } from '#lib/jobs/submit-jobs.ts';
import { JOB_FIELD_OF, JOB_FIELDS, readTyped } from '#lib/jobs/typed.ts';

const text = z.string().max(200_000, 'This is too long.').default('');
const fields = z.object({
  ...(Object.fromEntries(JOB_FIELDS.map((field) => [field, text])) as Record<(typeof JOB_FIELDS)[number], typeof text>),
  idempotencyKey: z.string().max(200),
  anyway: z.literal('on').optional(),
});

const send = action(fields, async (actor, { idempotencyKey, anyway, ...typed }) => {
  const read = readTyped(typed);
  if ('problems' in read) throw new Refusal('badInput', read.problems);
  const names = { ...JOB_FIELD_OF, ...(typed.image === 'other' ? { image: 'other' } : {}) };
  const asked = submitJobs(actor, { ...read.input, idempotencyKey, anyway: anyway === 'on' });
  return { redirectTo: `/jobs/${(await atFields(names, asked)).arrayId}` };
});

/** Submits what the form says; everything typed is kept, and where nothing could run it the form asks whether to wait. */
export async function submit(before: FormState, form: FormData): Promise<FormState> {
  return send(before, form);
}
