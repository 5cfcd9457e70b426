import { THE_MARKET } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { HOLD_WORDS, whyHold } from './payout-hold.ts';

/** Step: lets payouts go on whose cause to wait is gone: the account was cleared, or is no longer suspended. Answers how many. */
export async function releaseHolds(tx: Tx, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string; host_id: string }[]>`
    UPDATE payout_holds h SET state = 'released', decided_at = ${now}, decision = 'What it waited for is over.'
    FROM payouts p JOIN users u ON u.id = p.host_id
    WHERE p.id = h.id AND h.state = 'held' AND u.suspended_at IS NULL
      AND NOT EXISTS (SELECT FROM account_flags f WHERE f.user_id = u.id AND f.state = 'open')
      AND NOT EXISTS (SELECT FROM case_claims c WHERE c.kind = 'payout' AND c.case_id = h.id AND c.expires_at > ${now})
    RETURNING h.id, p.host_id`;
  for (const { id, host_id } of rows)
    await recordEvent(tx, THE_MARKET, { kind: 'payout.released', userId: host_id, data: { payoutId: id } }, now);
  return rows.length;
}

/** Step: makes a payout wait for a person before it leaves, when there is a cause to. The row is locked. Answers whether it waits. */
export async function holdPayout(
  tx: Tx,
  payout: { readonly id: string; readonly hostId: string; readonly amountMicros: bigint; readonly tried: boolean },
  now: Date,
): Promise<boolean> {
  const host = await tx.user.findUniqueOrThrow({
    where: { id: payout.hostId },
    select: { suspendedAt: true, flags: { where: { state: 'open' }, select: { id: true } } },
  });
  const cause = whyHold({
    tried: payout.tried,
    hostSuspended: host.suspendedAt !== null,
    hostFlagged: host.flags.length > 0,
  });
  if (cause === null) return false;
  await tx.payoutHold.create({ data: { id: payout.id, cause, state: 'held', heldAt: now } });
  const data = { payoutId: payout.id, cause, amountMicros: payout.amountMicros.toString() };
  await recordEvent(
    tx,
    THE_MARKET,
    { kind: 'payout.held', userId: payout.hostId, reason: HOLD_WORDS[cause], data },
    now,
  );
  return true;
}
