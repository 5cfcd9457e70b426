'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { lockEnd } from '#lib/bookings/lock-end.ts';
import { renameBooking } from '#lib/bookings/rename-booking.ts';
import { bookingIdInput, endBookingInput, renameBookingInput } from '#lib/bookings/schema.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { setIdleGuard } from '#lib/telemetry/set-idle-guard.ts';

const hours = z.coerce
  .number('Write a number of hours.')
  .positive('Write a number of hours.')
  .max(720, 'At most 720 hours (30 days).');

export const stop = action(endBookingInput, async (actor, input) => {
  await stopBooking(actor, input);
  return 'Stopping. The disk is kept.';
});

export const start = action(
  bookingIdInput.extend({ hours: z.union([z.literal(''), hours]).optional(), cap: z.string().max(100).optional() }),
  async (actor, { bookingId, hours: wanted, cap }) => {
    const capMicros = cap === undefined || cap.trim() === '' ? undefined : parseDollars(cap);
    if (capMicros === undefined && cap?.trim())
      throw new Refusal('badInput', { field: 'cap' }, 'Write the cap in dollars, like 25 or 25.50.');
    const asked = startBooking(actor, {
      bookingId,
      durationSeconds: wanted === undefined || wanted === '' ? null : Math.round(wanted * 3_600),
      ...(capMicros === undefined ? {} : { capMicros }),
    });
    await atFields({ durationSeconds: 'hours', capMicros: 'cap' }, asked);
    return 'Starting again.';
  },
);

export const guardIdling = action(
  bookingIdInput.extend({ stops: z.literal('on').optional() }),
  async (actor, { bookingId, stops }) => {
    await setIdleGuard(actor, { bookingId, stops: stops === 'on' });
    return stops === 'on' ? 'It will be stopped when its GPUs idle.' : 'You will be told, and nothing is stopped.';
  },
);

export const end = action(endBookingInput, async (actor, input) => {
  await endBooking(actor, input);
  return 'Ending. What was set aside and not used comes back.';
});

export const lock = action(
  bookingIdInput.extend({ locked: z.enum(['yes', 'no']) }),
  async (actor, { bookingId, locked }) => {
    await lockEnd(actor, { bookingId, locked: locked === 'yes' });
    return locked === 'yes' ? 'It is locked: unlock it here before you end it.' : 'It can be ended again.';
  },
);

export const extend = action(bookingIdInput.extend({ hours, from: z.iso.datetime() }), async (actor, input) => {
  const from = new Date(Math.max(Date.parse(input.from), theWorld.now().getTime()));
  const endsAt = addSeconds(from, Math.round(input.hours * 3_600));
  await atFields({ endsAt: 'hours' }, extendBooking(actor, { bookingId: input.bookingId, endsAt }));
  return 'Extended.';
});

export const rename = action(renameBookingInput, async (actor, input) => {
  await renameBooking(actor, input);
  return 'Renamed.';
});
