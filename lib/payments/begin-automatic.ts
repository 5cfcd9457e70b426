import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { monthOf, PAUSED_REASONS, whyNotTake } from './automatic-top-up.ts';
import { pauseAutomatic } from './pause-automatic.ts';
import { moneyKindProblem } from './queries/money-kind.ts';
import { theProvider } from './queries/top-ups.ts';
import { requireMoneyKind } from './require-money-kind.ts';
import { taxesOn, taxTotal } from './tax.ts';

/**
 * Sweep: writes down a payment for each wallet that fell below its threshold, within its monthly limit and one at a time; an errand takes it.
 * What was paused for the limit of a month goes on in the next. Answers how many were begun.
 */
export async function beginAutomatic(world: World = theWorld): Promise<number> {
  if (theProvider()?.name !== 'stripe' || (await moneyKindProblem()) !== null) return 0;
  const now = world.now();
  const low = await db.$queryRaw<{ id: string }[]>`
    SELECT a.user_id AS id FROM automatic_top_ups a JOIN users u ON u.id = a.user_id
    LEFT JOIN accounts w ON w.kind = 'renterWallet' AND w.owner_id = a.user_id
    WHERE u.suspended_at IS NULL AND coalesce(w.balance_micros, 0) < a.threshold_micros
      AND (a.paused_at IS NULL OR (a.paused_reason = 'monthlyLimit' AND a.paused_at < ${monthOf(now)}))
      AND NOT EXISTS (SELECT 1 FROM top_ups t WHERE t.user_id = a.user_id AND t.card_id IS NOT NULL AND t.state IN ('asked', 'review'))
      AND NOT EXISTS (SELECT 1 FROM chargebacks c WHERE c.user_id = a.user_id AND c.state = 'open')
    ORDER BY a.user_id`;
  return eachRow('beginAutomatic', low, ({ id }) => inTransaction('begin-automatic', (tx) => begin(tx, id, now)));
}

async function begin(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const { freeMicros } = await lockWallet(tx, userId, now);
  const settings = await tx.automaticTopUp.findUnique({ where: { userId } });
  const busy = await tx.topUp.count({ where: { userId, cardId: { not: null }, state: { in: ['asked', 'review'] } } });
  if (settings === null || busy > 0) return false;
  const month = await tx.topUp.aggregate({
    where: { userId, cardId: { not: null }, state: { not: 'failed' }, createdAt: { gte: monthOf(now) } },
    _sum: { amountMicros: true },
  });
  const why = whyNotTake(settings, { freeMicros, thisMonthMicros: month._sum.amountMicros ?? 0n });
  if (why === 'enough') return false;
  const { amountMicros } = settings;
  const card = await tx.savedCard.findFirst({ where: { userId, removedAt: null, isDefault: true } });
  if (why !== null || card === null) {
    const reason = card === null ? 'noCard' : 'monthlyLimit';
    // A pause of last month makes room for the one of this month.
    await tx.automaticTopUp.update({ where: { userId }, data: { pausedAt: null, pausedReason: null } });
    await pauseAutomatic(tx, userId, reason, now);
    const event = { kind: 'wallet.automaticPaused', userId, reason: PAUSED_REASONS[reason], data: { reason } } as const;
    await recordEvent(tx, THE_MARKET, event, now);
    return false;
  }
  await requireMoneyKind(tx, now);
  const id = newId('topUp', now);
  await tx.automaticTopUp.update({ where: { userId }, data: { pausedAt: null, pausedReason: null } });
  await tx.topUp.create({
    data: {
      id,
      userId,
      amountMicros,
      taxMicros: taxTotal(taxesOn({ userId, amountMicros })),
      provider: 'stripe',
      state: 'asked',
      idempotencyKey: `automatic:${id}`,
      cardId: card.id,
      createdAt: now,
      nextTryAt: now,
    },
  });
  return true;
}
