import * as z from 'zod';

export const createEnrolmentCodeInput = z.object({});
export type CreateEnrolmentCodeInput = z.infer<typeof createEnrolmentCodeInput>;

const words = z.string().max(8_192);
/** What a machine runs while nobody rents it; without an image nothing. */
export const setDefaultJobInput = z.object({
  machineId: z.string().min(1).max(64),
  image: z.string().max(2_000).nullable(),
  command: z.array(words).max(100).nullable().default(null),
});
export type SetDefaultJobInput = z.output<typeof setDefaultJobInput>;

export const machineIdInput = z.object({ machineId: z.string().min(1).max(64) });
export type MachineIdInput = z.infer<typeof machineIdInput>;
