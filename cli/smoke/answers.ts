import * as z from 'zod';

/** What the smoke run reads of the market's answers; everything else in them is free to change. */
export const ready = z.object({
  localMachine: z
    .object({ bookable: z.boolean(), reason: z.string().nullable(), listingId: z.string().nullable() })
    .nullable(),
});
export const signedIn = z.object({ token: z.string() });
export const keyAdded = z.object({ id: z.string() });
export const quote = z.object({ id: z.string() });
export const booking = z.object({
  id: z.string(),
  desired: z.string(),
  observed: z.string(),
  reason: z.string().nullable(),
  reasonDetail: z.string().nullable(),
  connect: z.object({ host: z.string(), port: z.number(), user: z.string(), hostKey: z.string() }).nullable(),
});
export const bill = z.object({
  final: z.boolean(),
  billedSeconds: z.number(),
  chargedMicros: z.string(),
  hostCreditedMicros: z.string(),
  feeMicros: z.string(),
});
export const nothing = z.unknown();
