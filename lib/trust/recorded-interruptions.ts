import * as z from 'zod';
import { INTERRUPTION_KINDS, type Interruption } from './interruption.ts';

const stored = z.object({
  rule: z.string(),
  interruptions: z.array(
    z.object({
      kind: z.enum(INTERRUPTION_KINDS),
      from: z.iso.datetime(),
      until: z.iso.datetime(),
      chargedMicros: z.string().regex(/^\d+$/),
    }),
  ),
});

/** The interruptions that a dispute was opened with, from the evidence that the market laid down; null for anything else. */
export function readInterruptions(
  payload: string | null,
): { readonly rule: string; readonly interruptions: readonly Interruption[] } | null {
  if (payload === null) return null;
  const read = stored.safeParse(JSON.parse(payload));
  if (!read.success) return null;
  return {
    rule: read.data.rule,
    interruptions: read.data.interruptions.map(({ kind, from, until, chargedMicros }) => ({
      ...{ kind, from: new Date(from), until: new Date(until), chargedMicros: BigInt(chargedMicros) },
    })),
  };
}
