import * as z from 'zod';
import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';

export const explainDifferenceInput = z.object({
  differenceId: z.string().min(1).max(64),
  reason: z.string().trim().min(1, 'Write why they differ.').max(500, 'Write at most 500 characters.'),
});
export type ExplainDifferenceInput = z.infer<typeof explainDifferenceInput>;

/**
 * An admin says why books and provider differ in one thing; it is no longer red while it stays the same. Money moves by
 * transfers only, never by this. Refuses with `forbidden`, `notFound`, and `notNow` when it is gone or was explained.
 */
export async function explainDifference(
  actor: Actor,
  input: ExplainDifferenceInput,
  world: World = theWorld,
): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction('explain difference', async (tx) => {
    const { count } = await tx.bookDifference.updateMany({
      where: { id: input.differenceId, goneAt: null, explainedAt: null },
      data: { explainedAt: now, explainedBy: actor.userId, explanation: input.reason },
    });
    if (count === 0) {
      if ((await tx.bookDifference.count({ where: { id: input.differenceId } })) === 0) throw new Refusal('notFound');
      throw new Refusal('notNow', {}, 'This difference is gone or explained already. Load the page again.');
    }
    const data = { differenceId: input.differenceId };
    await recordEvent(tx, actor, { kind: 'reconciliation.explained', reason: input.reason, data }, now);
  });
}
