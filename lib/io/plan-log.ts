import { open } from 'node:fs/promises';
import { env } from './env.ts';
import { log } from './log.ts';

/** A write that a full disk cut off left half a line: the next one begins a new line. */
let isTorn = false;

/**
 * Appends a line to the file that `SUBLET_PLAN_LOG` names; without one the line is not even made. A disk that takes nothing keeps no
 * job waiting. Any number of processes of one machine may append to the same file.
 */
export async function keepPlan(line: () => string): Promise<void> {
  const { planLog } = env();
  if (planLog === undefined) return;
  try {
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${line()}\n`);
    const file = await open(planLog, 'a', 0o600);
    try {
      // All of it in one write, which nobody else's comes in between: appendFile would cut what is over 512 KiB.
      const { bytesWritten } = await file.write(bytes);
      isTorn = bytesWritten > 0 && bytesWritten < bytes.length;
      if (isTorn) throw new Error(`only ${bytesWritten} of its ${bytes.length} bytes could be written`);
    } finally {
      await file.close();
    }
  } catch (error) {
    log.error({ err: error }, 'a plan could not be kept');
  }
}
