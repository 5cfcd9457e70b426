import * as z from 'zod/mini';
import { count, decimal, instant, version, word } from './words.ts';

/** The `previous` of the first statement of a lease. */
export const NO_PREVIOUS = '0'.repeat(64);

/**
 * What a machine says it delivered under a lease in one interval: one a minute and one at each change.
 * Intervals of a lease are whole seconds and follow each other; a gap between two is simply not billed.
 */
export const statement = z.object({
  v: version,
  leaseId: word,
  machineId: word,
  sequence: count,
  /** SHA-256 (hex) of the signed text of the statement before, or {@link NO_PREVIOUS}. */
  previous: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  startsAt: instant,
  endsAt: instant,
  /** The same interval by the machine's monotonic clock: a wall clock that was set cannot bill time that did not pass. */
  monotonicSeconds: count,
  /** `running`: connectable and billed for GPU and disk; `stopped`: the disk is kept. */
  state: z.enum(['running', 'stopped']),
  gpuUuids: z.array(word).check(z.maxLength(64)),
  gpuSeconds: count,
  diskByteSeconds: decimal,
});
export type Statement = z.infer<typeof statement>;
