import { THE_MARKET } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';

type Failing = { readonly id: string; readonly userId: string; readonly amountMicros: Micros };

/** Step: a locked payment will not come. Should its money arrive all the same, it is settled then. */
export async function failTopUp(tx: Tx, topUp: Failing, failure: string, now: Date): Promise<void> {
  await tx.topUp.update({ where: { id: topUp.id }, data: { state: 'failed', failure, nextTryAt: null } });
  const data = { topUpId: topUp.id, failure, amountMicros: topUp.amountMicros.toString() };
  await recordEvent(tx, THE_MARKET, { kind: 'wallet.topUpFailed', userId: topUp.userId, data }, now);
}
