import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { moneyKindOf } from './money-kind.ts';
import { moneyKindProblem } from './queries/money-kind.ts';
import { theProvider } from './queries/top-ups.ts';

/**
 * Step: before money moves through the provider. The first time decides whether this database holds play or real money, for
 * good. Refuses with `unavailable` when it holds the other kind.
 */
export async function requireMoneyKind(tx: Tx, now: Date): Promise<void> {
  const provider = theProvider();
  if (provider === null) return;
  if ((await tx.marketMoney.count()) === 0)
    await tx.marketMoney.createMany({ data: [{ kind: moneyKindOf(provider), decidedAt: now }], skipDuplicates: true });
  const problem = await moneyKindProblem(tx);
  if (problem !== null) throw new Refusal('unavailable', {}, problem);
}
