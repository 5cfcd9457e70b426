import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';
import { hostAccountsOf } from './host-accounts.ts';

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
  const { mine, contested: pot, payableMicros, reserveMicros } = await hostAccountsOf(actor);
  const [[open], [contested]] = await Promise.all([
    db.$queryRaw<Found[]>`
      SELECT coalesce(sum(l.credited_micros), 0)::bigint AS micros, count(*)::int AS bookings
      FROM bookings b JOIN leases l ON l.booking_id = b.id
      WHERE b.host_id = ${actor.userId} AND l.settled_at IS NULL`,
    db.$queryRaw<Found[]>`
      SELECT coalesce(sum(ours), 0)::bigint AS micros, count(*)::int AS bookings FROM (
        SELECT sum(CASE
            WHEN t.debit_account_id = ANY(${mine}) THEN t.amount_micros
            WHEN t.credit_account_id = ANY(${mine}) THEN -t.amount_micros ELSE 0 END) AS ours,
          sum(CASE WHEN t.credit_account_id = ANY(${pot}) THEN t.amount_micros ELSE -t.amount_micros END) AS inside
        FROM (
          SELECT DISTINCT booking_id FROM transfers
          WHERE debit_account_id = ANY(${mine}) AND credit_account_id = ANY(${pot}) AND kind <> 'fee'
        ) AS once JOIN transfers t ON t.booking_id = once.booking_id
        WHERE t.credit_account_id = ANY(${pot}) OR t.debit_account_id = ANY(${pot})
        GROUP BY t.booking_id
      ) AS per_booking WHERE inside > 0`,
  ]);
  return {
    payableMicros,
    reserveMicros,
    contestedMicros: contested?.micros ?? 0n,
    contestedBookings: contested?.bookings ?? 0,
    openMicros: open?.micros ?? 0n,
    openBookings: open?.bookings ?? 0,
  };
}

type Found = { readonly micros: Micros; readonly bookings: number };
