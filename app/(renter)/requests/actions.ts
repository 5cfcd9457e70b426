'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { acceptAnswer } from '#lib/bookings/accept-answer.ts';
import { cancelStandingRequest, resumeStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { parseEnvironment } from '#lib/bookings/environment.ts';
import { answerIdInput, standingIdInput } from '#lib/bookings/standing-schema.ts';

export const cancel = action(standingIdInput, async (actor, input) => {
  await cancelStandingRequest(actor, input);
  return 'Cancelled. Nothing will be booked for it.';
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
