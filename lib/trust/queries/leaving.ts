import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db, type Query, query, type Reader } from '#lib/io/db.ts';
import type { AccountKind } from '#lib/ledger/account.ts';
import { type Hold, holdsOf, type OpenThings } from '../leaving.ts';

/** What an account of somebody in the books holds. */
function balance(kind: AccountKind, userId: string): Query {
  return query`coalesce((SELECT sum(balance_micros) FROM accounts WHERE kind = ${kind} AND owner_id = ${userId}), 0)::bigint`;
}

/** What is still open of an account: counted where it stands. */
export async function openThings(userId: string, reader: Reader = db): Promise<OpenThings> {
  const [row] = await reader.$queryRaw<OpenThings[]>`
    SELECT
      (SELECT count(*) FROM bookings WHERE renter_id = ${userId} AND observed NOT IN ('ended', 'failed'))::int AS rentals,
      (SELECT count(*) FROM bookings WHERE host_id = ${userId} AND observed NOT IN ('ended', 'failed'))::int AS "hostedRentals",
      (SELECT count(*) FROM machines WHERE host_id = ${userId} AND retired_at IS NULL)::int AS machines,
      (SELECT count(*) FROM job_arrays WHERE renter_id = ${userId} AND ended_at IS NULL)::int AS jobs,
      (SELECT count(*) FROM bids WHERE renter_id = ${userId} AND state = 'open')::int AS bids,
      (SELECT count(*) FROM standing_requests WHERE renter_id = ${userId} AND closed_at IS NULL)::int AS requests,
      (SELECT count(*) FROM disputes WHERE (renter_id = ${userId} OR host_id = ${userId}) AND state = 'open')::int AS disputes,
      (SELECT count(*) FROM leases l JOIN bookings b ON b.id = l.booking_id
        WHERE (b.renter_id = ${userId} OR b.host_id = ${userId}) AND b.observed IN ('ended', 'failed') AND l.settled_at IS NULL)::int AS "openBills",
      ((SELECT count(*) FROM top_ups WHERE user_id = ${userId} AND state IN ('asked', 'open', 'review'))
        + (SELECT count(*) FROM card_refunds WHERE user_id = ${userId} AND state IN ('asked', 'sent'))
        + (SELECT count(*) FROM chargebacks WHERE user_id = ${userId} AND (state = 'open' OR (state = 'lost' AND uncovered_micros > 0)))
        + (SELECT count(*) FROM payouts WHERE host_id = ${userId} AND state IN ('asked', 'sent', 'returning')))::int AS payments,
      (SELECT count(*) FROM saved_cards WHERE user_id = ${userId} AND removed_at IS NULL)::int AS cards,
      (SELECT role = 'admin' FROM users WHERE id = ${userId}) AS admin,
      ${balance('renterWallet', userId)} AS "walletMicros", ${balance('renterHolds', userId)} AS "heldMicros",
      ${balance('hostPayable', userId)} AS "payableMicros", ${balance('hostReserve', userId)} AS "reserveMicros"`;
  if (row === undefined) throw new Refusal('notFound');
  return row;
}

export type Leaving = {
  readonly askedAt: Date | null;
  readonly dueAt: Date | null;
  readonly holds: readonly Hold[];
  /** What is in the wallet and could be given up. */
  readonly walletMicros: bigint;
};

/** How it stands with deleting the viewer's account: asked for or not, and what is in the way. */
export async function leavingOf(actor: Actor): Promise<Leaving> {
  const [open, user] = await Promise.all([
    openThings(actor.userId),
    db.user.findUniqueOrThrow({
      where: { id: actor.userId },
      select: { deletionAskedAt: true, deletionDueAt: true, deletionGivesUpMicros: true },
    }),
  ]);
  return {
    askedAt: user.deletionAskedAt,
    dueAt: user.deletionDueAt,
    holds: holdsOf(open, user.deletionGivesUpMicros),
    walletMicros: open.walletMicros,
  };
}

/** Whose time has come. */
export async function dueToLeave(now: Date, take: number): Promise<{ id: string }[]> {
  return db.user.findMany({
    where: { deletionDueAt: { lte: now } },
    orderBy: { deletionDueAt: 'asc' },
    take,
    select: { id: true },
  });
}
