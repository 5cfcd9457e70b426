import { requireAdmin } from '#lib/auth/permission.ts';
import { suspendAccount } from '#lib/auth/suspend-account.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { reasonGiven } from '#lib/bookings/reason.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { DecideFlagInput } from './schema.ts';

/**
 * An admin decides about an account that looks risky: it is cleared, and its limits end, or it is suspended. Refuses with
 * `forbidden` (their own), `caseClaimed`, `conflict` (changed since `seen`), `notNow`, `lastAdmin`, `badInput` or `notFound`.
 */
export async function decideFlag(actor: Actor, input: DecideFlagInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const reason = reasonGiven(input.reason);
  const now = world.now();
  const { flagId: id, outcome } = input;
  await inTransaction('decide flag', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM account_flags WHERE id = ${id} FOR UPDATE`;
    const flag = await tx.accountFlag.findUnique({ where: { id } });
    if (flag === null) throw new Refusal('notFound');
    if (flag.userId === actor.userId)
      throw new Refusal('forbidden', {}, 'This is your own account: another admin decides.');
    await settleCase(tx, actor, { kind: 'signup', id }, input.seen, now);
    if (flag.state !== 'open') throw new Refusal('notNow', {}, 'It is decided already.');
    await tx.accountFlag.update({
      where: { id },
      data: {
        state: outcome === 'clear' ? 'cleared' : 'suspended',
        decision: reason,
        decidedById: actor.userId,
        decidedAt: now,
      },
    });
    const { userId } = flag;
    if (outcome === 'suspend') await suspendAccount(tx, actor, { userId, reason }, now);
    else
      await recordEvent(
        tx,
        actor,
        { kind: 'account.flagCleared', userId, reason, data: { flagId: id, rules: flag.rules } },
        now,
      );
  });
}
