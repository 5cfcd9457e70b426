import { appendFile } from 'node:fs/promises';
import { env } from './env.ts';
import { log } from './log.ts';

/**
 * Appends a line to the file that `SUBLET_PLAN_LOG` names; without one the line is not even made. A disk that takes nothing keeps no
 * job waiting. Any number of processes of one machine may append to the same file.
 */
export async function keepPlan(line: () => string): Promise<void> {
  const { planLog } = env();
  if (planLog === undefined) return;
  try {
    await appendFile(planLog, `${line()}\n`, { mode: 0o600 });
  } catch (error) {
    log.error({ err: error }, 'a plan could not be kept');
  }
}
