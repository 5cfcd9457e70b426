'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { acceptAnswer } from '#lib/bookings/accept-answer.ts';
import { cancelStandingRequest, resumeStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { editStandingRequest } from '#lib/bookings/edit-standing-request.ts';
import { parseEnvironment } from '#lib/bookings/environment.ts';
import { standingRequestOf } from '#lib/bookings/queries/standing-requests.ts';
import { answerIdInput, standingIdInput } from '#lib/bookings/standing-schema.ts';
import { EDITED_FIELDS, readStandingTyped, STANDING_FIELDS, typeWish } from '#lib/bookings/standing-typed.ts';

export const cancel = action(standingIdInput, async (actor, input) => {
  await cancelStandingRequest(actor, input);
  return 'Cancelled. Nothing will be booked for it.';
});

const typed = Object.fromEntries(EDITED_FIELDS.map((field) => [field, z.string().max(2_000).default('')])) as Record<
  (typeof EDITED_FIELDS)[number],
  z.ZodDefault<z.ZodString>
>;

export const change = action(standingIdInput.extend(typed), async (actor, { requestId, ...given }) => {
  const request = await standingRequestOf(actor, requestId, theWorld.now());
  const read = readStandingTyped({ ...typeWish(request), ...given });
  if ('problems' in read) throw new Refusal('badInput', read.problems);
  const { maxPriceMicrosPerGpuHour, capMicros, regions, finishBy } = read.wish;
  const edit = { requestId, maxPriceMicrosPerGpuHour, capMicros, regions, finishBy };
  await atFields(STANDING_FIELDS, editStandingRequest(actor, edit));
  return 'Changed. It counts from now on.';
});

export const resume = action(standingIdInput, async (actor, input) => {
  await resumeStandingRequest(actor, input);
  return 'It is tried again at the next match.';
});

const accepted = answerIdInput.extend({ environment: z.string().max(200_000).default('') });

export const accept = action(accepted, async (actor, { answerId, environment: text }) => {
  const environment = parseEnvironment(text);
  if ('problem' in environment) throw new Refusal('badInput', { environment: environment.problem });
  const booked = acceptAnswer(actor, { answerId, environment: environment.environment });
  return { redirectTo: `/bookings/${(await atFields({}, booked)).bookingId}` };
});
