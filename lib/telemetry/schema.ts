import * as z from 'zod';

export const setIdleGuardInput = z.object({ bookingId: z.string().min(1).max(100), stops: z.boolean() });
export type SetIdleGuardInput = z.output<typeof setIdleGuardInput>;
