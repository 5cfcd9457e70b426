import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { lockAdmins } from './lock-admins.ts';
import type { SuspendUserInput } from './schema.ts';

/** Step: suspends an account, with a reason that its owner reads. Refuses with `notFound`, `lastAdmin`, and `notNow` when it is suspended. */
export async function suspendAccount(tx: Tx, actor: Actor, input: SuspendUserInput, now: Date): Promise<void> {
  const admins = await lockAdmins(tx);
  const user = await tx.user.findUnique({ where: { id: input.userId }, select: { id: true } });
  if (user === null) throw new Refusal('notFound');
  if (admins.length > 0 && admins.every((id) => id === user.id)) throw new Refusal('lastAdmin');
  const { count } = await tx.user.updateMany({
    where: { id: user.id, suspendedAt: null },
    data: { suspendedAt: now, suspendedReason: input.reason },
  });
  if (count === 0) throw new Refusal('notNow', {}, 'This account is suspended already.');
  await recordEvent(
    tx,
    actor,
    {
      kind: 'account.suspended',
      userId: user.id,
      reason: input.reason,
      data: { suspended: true, previousSuspended: false },
    },
    now,
  );
}
