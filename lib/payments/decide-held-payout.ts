import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { applyPayoutNews } from './apply-payout-news.ts';
import { type DecideHeldPayoutInput, whyNotDecideHold } from './payout-hold.ts';

/**
 * An admin who is not its host decides about a payout that is held: it goes on, or it is stopped and the money is owed to the
 * host again. Audited; the host is told. Refuses with `forbidden`, `caseClaimed`, `conflict` (changed since `seen`), `notNow`
 * or `notFound`.
 */
export async function decideHeldPayout(
  actor: Actor,
  input: DecideHeldPayoutInput,
  world: World = theWorld,
): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  const { payoutId: id, outcome, reason } = input;
  await inTransaction('decide held payout', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM payouts WHERE id = ${id} FOR UPDATE`;
    const hold = await tx.payoutHold.findUnique({ where: { id }, include: { payout: true } });
    if (hold === null) throw new Refusal('notFound');
    await settleCase(tx, actor, { kind: 'payout', id }, input.seen, now);
    const { hostId, amountMicros } = hold.payout;
    refuseIf(whyNotDecideHold(hold, hostId, actor.userId));
    await tx.payoutHold.update({
      where: { id },
      data: {
        state: outcome === 'release' ? 'released' : 'stopped',
        decision: reason,
        decidedById: actor.userId,
        decidedAt: now,
      },
    });
    // It was never tried: nothing can have moved, so the refusal is the last word about it.
    if (outcome === 'stop')
      await applyPayoutNews(tx, id, { refused: true, failure: `Stopped by the operators: ${reason}` }, now);
    const data = { payoutId: id, amountMicros: amountMicros.toString() };
    const kind = outcome === 'release' ? 'payout.released' : 'payout.stopped';
    await recordEvent(tx, actor, { kind, userId: hostId, reason, data }, now);
  });
}
