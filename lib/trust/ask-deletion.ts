import { requireProven } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { deletionDue, holdsOf } from './leaving.ts';
import { openThings } from './queries/leaving.ts';

export type AskDeletionInput = {
  /** The owner types their address: what cannot be undone for ever is not done by a slip. */
  readonly email: string;
  /** What is in the wallet, exactly, when they give it up; zero otherwise. */
  readonly givesUpMicros: bigint;
};

/**
 * Asks that the actor's account be deleted in seven days; until then it begins nothing new, and {@link undoDeletion} takes it
 * back. API tokens and other browsers end at once. Refuses: `proofNeeded`, `badInput` (`email`), `notNow` with what is in the way.
 */
export async function askDeletion(
  actor: Actor,
  input: AskDeletionInput,
  world: World = theWorld,
): Promise<{ readonly dueAt: Date }> {
  const now = world.now();
  requireProven(actor, now);
  const { userId, sessionId } = actor;
  return inTransaction('ask-deletion', async (tx) => {
    await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId} FOR UPDATE`;
    const user = await tx.user.findUniqueOrThrow({
      where: { id: userId },
      select: { email: true, deletionDueAt: true },
    });
    if (user.deletionDueAt !== null) return { dueAt: user.deletionDueAt };
    if (input.email.trim().toLowerCase() !== user.email)
      throw new Refusal('badInput', { field: 'email' }, 'Type the e-mail address of this account.');
    const open = await openThings(userId, tx);
    if (input.givesUpMicros > open.walletMicros)
      throw new Refusal('conflict', {}, 'Your wallet changed meanwhile. Look at it again.');
    const [first] = holdsOf(open, input.givesUpMicros);
    if (first !== undefined) throw new Refusal('notNow', {}, first.says);
    const dueAt = deletionDue(now);
    await tx.user.update({
      where: { id: userId },
      data: { deletionAskedAt: now, deletionDueAt: dueAt, deletionGivesUpMicros: input.givesUpMicros },
    });
    await tx.session.updateMany({
      where: { userId, id: { not: sessionId }, revokedAt: null },
      data: { revokedAt: now },
    });
    const data = { dueAt: dueAt.toISOString(), givesUpMicros: input.givesUpMicros.toString() };
    await recordEvent(tx, actor, { kind: 'account.deletionAsked', userId, data }, now);
    return { dueAt };
  });
}
