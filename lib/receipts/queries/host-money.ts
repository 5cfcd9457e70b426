import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';

/** Where a host's money is now, and why not all of it is paid out. */
export type HostMoney = {
  /** What is owed, after the fee. Below zero when something was refunded after it had been paid out. */
  readonly payableMicros: Micros;
  /** Kept back for a while against refunds and chargebacks. */
  readonly reserveMicros: Micros;
  /** The host's part of charges that somebody contests and nobody has decided. */
  readonly contestedMicros: Micros;
  readonly contestedBookings: number;
  /** Of what is owed: from bookings whose bill is still open. */
  readonly openMicros: Micros;
  readonly openBookings: number;
};

/** The viewer's money as a host. */
export async function hostMoneyOf(actor: Actor): Promise<HostMoney> {
  const [accounts, [open], [contested]] = await Promise.all([
    db.account.findMany({
      where: { ownerId: actor.userId, kind: { in: ['hostPayable', 'hostReserve'] } },
      select: { kind: true, balanceMicros: true },
    }),
    db.$queryRaw<{ micros: bigint; bookings: number }[]>`
      SELECT coalesce(sum(l.credited_micros), 0)::bigint AS micros, count(*)::int AS bookings
      FROM bookings b JOIN leases l ON l.booking_id = b.id
      WHERE b.host_id = ${actor.userId} AND l.settled_at IS NULL`,
    db.$queryRaw<{ micros: bigint; bookings: number }[]>`
      WITH mine AS (
        SELECT id FROM accounts WHERE owner_id = ${actor.userId} AND kind IN ('hostPayable', 'hostReserve')
      ), pot AS (SELECT id FROM accounts WHERE owner_id IS NULL AND kind = 'disputed')
      SELECT coalesce(sum(ours), 0)::bigint AS micros, count(*)::int AS bookings FROM (
        SELECT sum(CASE
            WHEN t.debit_account_id IN (SELECT id FROM mine) THEN t.amount_micros
            WHEN t.credit_account_id IN (SELECT id FROM mine) THEN -t.amount_micros ELSE 0 END) AS ours,
          sum(CASE WHEN t.credit_account_id IN (SELECT id FROM pot) THEN t.amount_micros ELSE -t.amount_micros END) AS inside
        FROM transfers t
        WHERE (t.credit_account_id IN (SELECT id FROM pot) OR t.debit_account_id IN (SELECT id FROM pot))
          AND t.booking_id IN (
            SELECT i.booking_id FROM transfers i
            WHERE i.debit_account_id IN (SELECT id FROM mine) AND i.credit_account_id IN (SELECT id FROM pot))
        GROUP BY t.booking_id
      ) AS per_booking WHERE inside > 0`,
  ]);
  const balance = (kind: string) => accounts.find((account) => account.kind === kind)?.balanceMicros ?? 0n;
  return {
    payableMicros: balance('hostPayable'),
    reserveMicros: balance('hostReserve'),
    contestedMicros: contested?.micros ?? 0n,
    contestedBookings: contested?.bookings ?? 0,
    openMicros: open?.micros ?? 0n,
    openBookings: open?.bookings ?? 0,
  };
}
