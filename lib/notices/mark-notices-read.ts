import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Marks one of the viewer's notices as read, or all up to and including `upTo`; answers how many were unread. Foreign ids match nothing. */
export async function markNoticesRead(
  actor: Actor,
  input: { readonly id: string } | { readonly upTo: string },
  world: World = theWorld,
): Promise<number> {
  const now = world.now();
  const which = 'id' in input ? { id: input.id } : { id: { lte: input.upTo } };
  return inTransaction('mark-notices-read', async (tx) => {
    const { count } = await tx.notice.updateMany({
      where: { userId: actor.userId, readAt: null, ...which },
      data: { readAt: now },
    });
    return count;
  });
}
