'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';

const ending = z.object({
  bookingId: z.string(),
  reason: z.string(),
  refund: z.string(),
  seen: z.string().regex(/^\d{1,18}$/),
});

export const endWithRefund = action(ending, async (actor, input) => {
  const refundMicros = parseDollars(input.refund === '' ? '0' : input.refund);
  if (refundMicros === undefined)
    throw new Refusal('badInput', { field: 'refund' }, 'Write the refund in dollars, like 1.25.');
  const { bookingId, reason, seen } = input;
  await endBookingByStaff(actor, { bookingId, reason, refundMicros, seenRefundedMicros: BigInt(seen) });
  return 'The booking is ending. Renter and host are told.';
});
