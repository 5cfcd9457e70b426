import * as z from 'zod';

export const countersignInput = z.object({
  bookingId: z.string().min(1).max(64),
  /** The exact text: see protocol/countersignature.ts. */
  payload: z.string().max(1_000, 'This is no countersignature.'),
  signature: z.string().max(200, 'This is no signature.'),
  key: z.string().max(200, 'This is no key.'),
});
export type CountersignInput = z.infer<typeof countersignInput>;
