import * as z from 'zod';

export const createEnrolmentCodeInput = z.object({});
export type CreateEnrolmentCodeInput = z.infer<typeof createEnrolmentCodeInput>;

export const machineIdInput = z.object({ machineId: z.string().min(1).max(64) });
export type MachineIdInput = z.infer<typeof machineIdInput>;
