'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { closeMessageReport } from '#lib/trust/close-message-report.ts';

export const closeReport = action(
  z.object({ reportId: z.string().max(64), outcome: z.string().max(20_000) }),
  async (actor, input) => {
    await closeMessageReport(actor, input);
  },
);
