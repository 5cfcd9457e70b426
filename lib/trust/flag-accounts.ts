import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { type Candidate, riskCandidates } from './queries/risk-facts.ts';
import { type Risk, risksOf } from './risk.ts';

/**
 * Sweep: flags accounts that meet a rule (risk.ts) which nobody has looked at yet, so that they have limits until an admin
 * has. What an admin cleared is not flagged for the same rule again. Answers how many were flagged.
 */
export async function flagAccounts(world: World = theWorld): Promise<number> {
  const now = world.now();
  const risky = (await riskCandidates(now)).filter(({ facts }) => risksOf(facts).length > 0);
  return eachRow(
    'flagAccounts',
    risky.map((candidate) => ({ id: candidate.userId, candidate })),
    ({ candidate }) => inTransaction('flag account', (tx) => flag(tx, candidate, now)),
  );
}

async function flag(tx: Tx, { userId, facts }: Candidate, now: Date): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR UPDATE`;
  const before = await tx.accountFlag.findMany({ where: { userId }, select: { state: true, rules: true } });
  if (before.some(({ state }) => state === 'open')) return false;
  const known = new Set(before.flatMap(({ rules }) => rules));
  const risks: Risk[] = risksOf(facts).filter(({ rule }) => !known.has(rule));
  if (risks.length === 0) return false;
  const rules = risks.map(({ rule }) => rule);
  const findings = Object.fromEntries(risks.map(({ rule, finding }) => [rule, finding]));
  const id = newId('accountFlag', now);
  await tx.accountFlag.create({ data: { id, userId, rules, findings, state: 'open', flaggedAt: now } });
  await recordEvent(tx, THE_MARKET, { kind: 'account.flagged', userId, data: { flagId: id, rules } }, now);
  return true;
}
