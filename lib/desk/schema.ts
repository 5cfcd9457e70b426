import * as z from 'zod';
import { CASE_KINDS } from './case.ts';

/** Which case; one that does not exist is not found. */
export const caseName = z.object({ kind: z.enum(CASE_KINDS), id: z.string().min(1).max(255) });

/**
 * What the decider saw, as label and value: a decision about something that changed since is refused, and says what did.
 * A form sends it as JSON text. Left out, nothing is compared.
 */
export const seenFacts = z
  .union([
    z.record(z.string().max(100), z.string().max(2_000)),
    z
      .string()
      .max(20_000)
      .transform((text, context) => {
        try {
          return z.record(z.string(), z.string()).parse(JSON.parse(text));
        } catch {
          context.addIssue('Load the page again.');
          return z.NEVER;
        }
      }),
  ])
  .optional();

export const takeOverInput = caseName.extend({
  reason: z.string('Give a reason.').trim().min(3, 'Say why: the other admin reads it.').max(500),
});
export type TakeOverInput = z.output<typeof takeOverInput>;
