import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { earliest } from '#lib/base/time.ts';
import { CASE_KINDS, type CaseKind, type CaseName, caseDueAt, isWaiting } from '#lib/desk/case.ts';
import { OUTCOMES_OF } from '#lib/desk/decision.ts';
import { claimOf, claimsOf } from '#lib/desk/queries/claims.ts';
import { caseFacts } from '#lib/desk/queries/facts.ts';
import { db } from '#lib/io/db.ts';
import type { CaseRow, CaseView, QueueSummary } from '../case-view.ts';
import { disputes } from './cases/disputes.ts';
import { machines } from './cases/machines.ts';
import { payouts } from './cases/payouts.ts';
import { payments, webhooks } from './cases/provider.ts';
import type { Queue } from './cases/queue.ts';
import { reports } from './cases/reports.ts';
import { signUps } from './cases/sign-ups.ts';

const QUEUE_OF: Record<CaseKind, Queue> = {
  machine: machines,
  report: reports,
  dispute: disputes,
  payout: payouts,
  signup: signUps,
  payment: payments,
  webhook: webhooks,
};

/** The most cases that a queue shows at once: what was waiting longest. */
export const MOST_CASES = 100;

/** All queues: how many wait, since when, and when the first is due; the most urgent queue first. For admins. */
export async function queues(actor: Actor, now: Date): Promise<readonly QueueSummary[]> {
  requireAdmin(actor);
  const all = await Promise.all(CASE_KINDS.map((kind) => summary(kind, now)));
  const due = ({ firstDueAt }: QueueSummary) => firstDueAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return all.toSorted((a, b) => (due(a) === due(b) ? 0 : due(a) < due(b) ? -1 : 1));
}

async function summary(kind: CaseKind, now: Date): Promise<QueueSummary> {
  const [waiting, found, claims] = await Promise.all([
    QUEUE_OF[kind].count(now),
    QUEUE_OF[kind].waiting(now, MOST_CASES),
    claimsOf(db, kind, now),
  ]);
  const oldestAt = earliest(...found.map(({ since }) => since)) ?? null;
  return { kind, waiting, claimed: claims.size, oldestAt, firstDueAt: oldestAt && caseDueAt(kind, oldestAt) };
}

/** The cases of a queue, what is due first before the rest, with who has which. For admins. */
export async function casesOf(
  actor: Actor,
  kind: CaseKind,
  now: Date,
): Promise<{ readonly rows: readonly CaseRow[]; readonly waiting: number }> {
  requireAdmin(actor);
  const [found, waiting, claims] = await Promise.all([
    QUEUE_OF[kind].waiting(now, MOST_CASES),
    QUEUE_OF[kind].count(now),
    claimsOf(db, kind, now),
  ]);
  const rows = found.map((row) => ({
    kind,
    ...row,
    dueAt: caseDueAt(kind, row.since),
    claim: claims.get(row.id) ?? null,
  }));
  return { rows: rows.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()), waiting };
}

/** One case with everything that a decision rests on, waiting or decided. For admins; unknown ids are not found. */
export async function caseView(actor: Actor, of: CaseName, now: Date): Promise<CaseView> {
  requireAdmin(actor);
  const [facts, detail, claim] = await Promise.all([
    caseFacts(db, of),
    QUEUE_OF[of.kind].detail(actor, of.id),
    claimOf(db, of, now),
  ]);
  if (facts === null || detail === null) throw new Refusal('notFound');
  const waiting = isWaiting(of.kind, facts);
  const dueAt = waiting && detail.since !== null ? caseDueAt(of.kind, detail.since) : null;
  const outcomes = detail.outcomes ?? OUTCOMES_OF[of.kind].map(({ value }) => value);
  return { ...of, ...detail, outcomes, facts, waiting, dueAt, claim };
}
