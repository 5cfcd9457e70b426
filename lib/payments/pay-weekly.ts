import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import { beginPayout } from './begin-payout.ts';
import { lockHostMoney } from './lock-host-money.ts';
import { lastWeekly, payableNow, whyNotPayOut } from './payout.ts';
import { payoutPlace } from './queries/payout-place.ts';
import { theProvider } from './queries/top-ups.ts';

/**
 * Sweep: at the weekly instant asks for a payout for every host who can be paid, each once, also when the instant passed
 * while nobody swept. A market begins with the first instant after its first sweep. Answers how many were asked for.
 */
export async function payWeekly(world: World = theWorld): Promise<number> {
  if (theProvider() === null) return 0;
  const now = world.now();
  const dueAt = lastWeekly(env().payouts, now);
  if ((await db.payoutRun.count({ where: { dueAt } })) > 0) return 0;
  if ((await db.payoutRun.count()) === 0) {
    await finish(dueAt, 0, now);
    return 0;
  }
  let asked = 0;
  let failed = 0;
  for (const hostId of await hostsWithMoney()) {
    try {
      if (await inTransaction('pay weekly', (tx) => payHost(tx, hostId, dueAt, now))) asked += 1;
    } catch (error) {
      failed += 1;
      log.error({ host: hostId, err: error }, 'a weekly payout could not be asked for; it is tried again');
    }
  }
  // Not finished while somebody is missing: the others are not asked for twice.
  if (failed === 0) await finish(dueAt, asked, now);
  return asked;
}

async function finish(dueAt: Date, asked: number, now: Date): Promise<void> {
  await inTransaction('finish weekly payouts', (tx) =>
    tx.payoutRun.createMany({ data: [{ dueAt, doneAt: now, asked }], skipDuplicates: true }),
  );
}

async function hostsWithMoney(): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT u.id FROM accounts a JOIN users u ON u.id = a.owner_id
    WHERE a.kind = 'hostPayable' AND a.balance_micros >= ${env().payouts.minimumMicros} AND u.suspended_at IS NULL
    ORDER BY u.id`;
  return rows.map((row) => row.id);
}

async function payHost(tx: Tx, hostId: string, dueAt: Date, now: Date): Promise<boolean> {
  const terms = env().payouts;
  const idempotencyKey = `weekly:${dueAt.toISOString()}`;
  const money = await lockHostMoney(tx, hostId, now);
  if ((await tx.payout.count({ where: { hostId, idempotencyKey } })) > 0) return false;
  const place = await payoutPlace(hostId, tx);
  if (place === null) return false;
  const { payableMicros } = money;
  const { availableMicros: amountMicros } = payableNow(money, terms, now);
  const { provider, providerAccountId, inFlight, accountProblem } = place;
  const ask = { suspended: false, payableMicros, availableMicros: amountMicros, inFlight, accountProblem };
  if (whyNotPayOut(ask, terms) !== null) return false;
  const draft = { hostId, amountMicros, occasion: 'weekly' as const, provider, providerAccountId, idempotencyKey };
  const payoutId = await beginPayout(tx, draft, money, terms, now);
  const data = { payoutId, provider, amountMicros: amountMicros.toString(), weekly: true };
  await recordEvent(tx, THE_MARKET, { kind: 'payout.asked', userId: hostId, data }, now);
  return true;
}
