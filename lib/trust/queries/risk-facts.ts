import { addressGroup } from '#lib/auth/attempt.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { isPublicAddress, RISK_HOURS, type RiskFacts, YOUNG_DAYS } from '../risk.ts';
import { isThrowaway } from './throwaway-mail.ts';

export type Candidate = { readonly userId: string; readonly facts: RiskFacts };

type Row = {
  readonly id: string;
  readonly email: string;
  readonly created_at: Date;
  readonly paid: bigint;
  readonly refusals: bigint;
};

/**
 * Accounts that the rules look at now: made within a week, or with a payment within a day; not of staff, not of the demo, not
 * suspended, not flagged already. Counts only: what they were counted from stays where it is. For the market itself.
 */
export async function riskCandidates(now: Date): Promise<Candidate[]> {
  const since = new Date(now.getTime() - RISK_HOURS * HOUR);
  const young = new Date(now.getTime() - YOUNG_DAYS * DAY);
  const rows = await db.$queryRaw<Row[]>`
    SELECT u.id, u.email, u.created_at, coalesce(t.paid, 0)::bigint AS paid, coalesce(t.refusals, 0)::bigint AS refusals
    FROM users u LEFT JOIN (
      SELECT user_id,
        sum(amount_micros) FILTER (WHERE state = 'settled' AND provider <> 'sandbox' AND settled_at >= ${since}) AS paid,
        count(*) FILTER (WHERE state = 'failed' AND failure IN ('declined', 'authentication') AND created_at >= ${since}) AS refusals
      FROM top_ups WHERE created_at >= ${young} GROUP BY user_id
    ) t ON t.user_id = u.id
    WHERE (u.created_at >= ${young} OR t.user_id IS NOT NULL) AND u.role = 'member' AND NOT u.demo AND u.suspended_at IS NULL
      AND NOT EXISTS (SELECT FROM account_flags f WHERE f.user_id = u.id AND f.state = 'open')
    ORDER BY u.id`;
  const together = await fromOneAddress(since);
  return Promise.all(
    rows.map(async ({ id, email, created_at, paid, refusals }) => ({
      userId: id,
      facts: {
        fromOneAddress: together.get(id) ?? 1,
        throwawayMail: await isThrowaway(email),
        ageDays: (now.getTime() - created_at.getTime()) / DAY,
        paidMicros: paid,
        refusals: Number(refusals),
      },
    })),
  );
}

/** Of each account that was made since then, how many were made from where it first signed in. */
async function fromOneAddress(since: Date): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ id: string; ip: string }[]>`
    SELECT DISTINCT ON (u.id) u.id, s.ip FROM users u JOIN sessions s ON s.user_id = u.id
    WHERE u.created_at >= ${since} AND s.ip IS NOT NULL ORDER BY u.id, s.created_at`;
  const groups = Map.groupBy(
    rows.filter(({ ip }) => isPublicAddress(ip)),
    ({ ip }) => addressGroup(ip),
  );
  return new Map([...groups.values()].flatMap((group) => group.map(({ id }) => [id, group.length] as const)));
}
