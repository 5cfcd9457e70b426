'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { markThreadRead } from '#lib/trust/mark-thread-read.ts';
import { openThreadToStaff } from '#lib/trust/open-thread-to-staff.ts';
import { reportMessage } from '#lib/trust/report-message.ts';
import { sendMessage } from '#lib/trust/send-message.ts';

const id = z.string().max(64);
const words = z.string().max(20_000);

export const send = action(
  z.object({ bookingId: id, text: words, idempotencyKey: z.string(), upTo: id.optional() }),
  async (actor, { upTo, ...message }) => {
    await sendMessage(actor, message);
    // Whoever answers has read.
    if (upTo !== undefined) await markThreadRead(actor, { bookingId: message.bookingId, upTo });
  },
);

export const read = action(z.object({ bookingId: id, upTo: id }), async (actor, input) => {
  const changed = await markThreadRead(actor, input);
  return { refresh: changed };
});

export const report = action(z.object({ messageId: id, bookingId: id, reason: words }), async (actor, input) => {
  await reportMessage(actor, input);
  return { redirectTo: `/bookings/${input.bookingId}/messages#${input.messageId}` };
});

export const openToStaff = action(z.object({ bookingId: id, reason: words }), async (actor, input) => {
  await openThreadToStaff(actor, input);
});
