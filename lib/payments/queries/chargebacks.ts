import type Stripe from 'stripe';
import type { Actor } from '#lib/base/actor.ts';
import { fromCents, type Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { uncoveredOf } from '#lib/ledger/queries/uncovered.ts';
import type { ChargebackFacts, ChargebackState } from '../chargeback.ts';

export type ChargebackRow = {
  readonly id: string;
  readonly topUpId: string;
  readonly amountMicros: Micros;
  /** What of it was spent and is not paid back since. */
  readonly uncoveredMicros: Micros;
  readonly state: ChargebackState;
  readonly reason: string;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
};

/** The viewer's payments that banks took back, newest first, and what of them is missing in all. */
export async function chargebacksOf(
  actor: Actor,
  ask: { readonly after?: string | undefined; readonly take?: number } = {},
): Promise<Page<ChargebackRow> & { readonly missingMicros: Micros }> {
  const take = ask.take ?? 50;
  const rows = await db.chargeback.findMany({
    where: { userId: actor.userId, ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: {
      id: true,
      topUpId: true,
      amountMicros: true,
      uncoveredMicros: true,
      state: true,
      reason: true,
      createdAt: true,
      closedAt: true,
    },
  });
  const page = toPage(
    rows.map((row) => ({ ...row, state: row.state as ChargebackState })),
    take,
  );
  return { ...page, missingMicros: await uncoveredOf(db, actor.userId) };
}

/** Chargebacks that a sweep should ask about: open ones of which nothing was heard for a day. */
export async function dueChargebacks(now: Date, most: number): Promise<string[]> {
  const rows = await db.chargeback.findMany({
    where: { nextTryAt: { lte: now } },
    orderBy: { nextTryAt: 'asc' },
    take: most,
    select: { disputeId: true },
  });
  return rows.map((row) => row.disputeId);
}

/** How a chargeback stands at the provider now. */
export async function chargebackAt(disputeId: string): Promise<ChargebackFacts> {
  return chargebackFacts(await needStripe().disputes.retrieve(disputeId));
}

/** Chargebacks that began at the provider since an instant and that nobody told us of. */
export async function untoldChargebacks(since: Date): Promise<ChargebackFacts[]> {
  const found: ChargebackFacts[] = [];
  const created = { gte: Math.floor(since.getTime() / 1_000) };
  for await (const dispute of needStripe().disputes.list({ created, limit: 100 })) found.push(chargebackFacts(dispute));
  const known = await db.chargeback.findMany({
    where: { disputeId: { in: found.map((facts) => facts.disputeId) } },
    select: { disputeId: true },
  });
  const told = new Set(known.map((row) => row.disputeId));
  return found.filter((facts) => !told.has(facts.disputeId));
}

function chargebackFacts(dispute: Stripe.Dispute): ChargebackFacts {
  const rows = dispute.balance_transactions;
  const taken = rows.filter((row) => row.amount < 0).reduce((sum, row) => sum - row.amount, 0);
  const back = rows.filter((row) => row.amount > 0).reduce((sum, row) => sum + row.amount, 0);
  // A part that came back is a difference in the reconciliation, for a person.
  const isBack = taken > 0 && back >= taken;
  return {
    disputeId: dispute.id,
    chargeId: typeof dispute.charge === 'string' ? dispute.charge : dispute.charge.id,
    state: isBack ? 'won' : dispute.status === 'lost' ? 'lost' : 'open',
    amountMicros: fromCents(taken),
    feeMicros: fromCents(rows.reduce((sum, row) => sum + row.fee, 0)),
    movements: rows.length,
    reason: dispute.reason,
  };
}
