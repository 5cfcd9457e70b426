import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { type AccountKind, hostPayable, renterHolds, renterWallet } from './account.ts';
import { cardBooksProblems } from './queries/card-books.ts';
import { legsByCause } from './queries/legs.ts';
import { payoutBooksProblems } from './queries/payout-books.ts';

/** What a renter has: free, and set aside for bookings. */
export async function walletOf(actor: Actor): Promise<{ freeMicros: Micros; heldMicros: Micros }> {
  const balances = await balancesOf([renterWallet(actor.userId), renterHolds(actor.userId)]);
  return { freeMicros: balances.get('renterWallet') ?? 0n, heldMicros: balances.get('renterHolds') ?? 0n };
}

/** What a host is owed now. */
export async function earningsOf(actor: Actor): Promise<{ payableMicros: Micros }> {
  const balances = await balancesOf([hostPayable(actor.userId)]);
  return { payableMicros: balances.get('hostPayable') ?? 0n };
}

async function balancesOf(accounts: { kind: AccountKind; ownerId: string | null }[]): Promise<Map<string, Micros>> {
  const rows = await db.account.findMany({
    where: { OR: accounts },
    select: { kind: true, balanceMicros: true },
  });
  return new Map(rows.map((row) => [row.kind, row.balanceMicros]));
}

/**
 * Checks the books against themselves: balances against transfers, the whole against zero, held money against leases,
 * each lease against the holds, captures and refunds of its booking, payouts, reserves, refunds to cards and chargebacks
 * against theirs, and what is contested against open disputes. Answers a sentence for each thing that is wrong.
 */
export async function booksProblems(reader: Reader): Promise<string[]> {
  const wrongBalances = await reader.$queryRaw<{ id: string; kind: string; balance: bigint; moved: bigint }[]>`
    SELECT a.id, a.kind, a.balance_micros AS balance, coalesce(m.moved, 0)::bigint AS moved FROM accounts a
    LEFT JOIN (
      SELECT account_id, sum(amount) AS moved FROM (
        SELECT credit_account_id AS account_id, amount_micros AS amount FROM transfers
        UNION ALL SELECT debit_account_id, -amount_micros FROM transfers
      ) legs GROUP BY account_id
    ) m ON m.account_id = a.id
    WHERE a.balance_micros <> coalesce(m.moved, 0)`;
  // Fees have no index of their own by account: they are the platform's, all of them.
  const strayFees = await reader.$queryRaw<{ id: string; kind: string }[]>`
    SELECT t.id, a.kind FROM transfers t JOIN accounts a ON a.id = t.credit_account_id
    WHERE t.kind = 'fee' AND a.kind <> 'platformFees'`;
  const [whole] = await reader.$queryRaw<{ sum: bigint }[]>`
    SELECT coalesce(sum(balance_micros), 0)::bigint AS sum FROM accounts`;
  const wrongLeases = await reader.$queryRaw<{ id: string }[]>`
    SELECT l.id FROM leases l LEFT JOIN LATERAL (
      SELECT
        sum(t.amount_micros) FILTER (WHERE t.kind = 'hold') AS held,
        sum(t.amount_micros) FILTER (WHERE t.kind = 'release') AS released,
        sum(t.amount_micros) FILTER (WHERE t.kind = 'capture') AS credited,
        sum(t.amount_micros) FILTER (WHERE t.kind = 'fee') AS fee,
        sum(t.amount_micros) FILTER (WHERE t.kind IN ('cancellation', 'cancellationFee')) AS cancelled,
        sum(t.amount_micros) FILTER (WHERE t.kind = 'cancellationFee') AS cancelled_fee,
        sum(t.amount_micros) FILTER (WHERE t.kind IN ('refund', 'feeRefund')) AS refunded,
        sum(t.amount_micros) FILTER (WHERE t.kind IN ('cancellationBack', 'cancellationFeeBack')) AS cancelled_back,
        (SELECT sum(d.amount_micros) FROM disputes d WHERE d.booking_id = l.booking_id AND d.state = 'open' AND d.about = 'use') AS disputed,
        (SELECT sum(d.amount_micros) FROM disputes d WHERE d.booking_id = l.booking_id AND d.state = 'open' AND d.about = 'cancellation')
          AS cancelled_disputed
      FROM transfers t WHERE t.booking_id = l.booking_id
    ) m ON true
    WHERE l.held_micros <> coalesce(m.held, 0) - coalesce(m.released, 0) - coalesce(m.credited, 0) - coalesce(m.fee, 0)
        - coalesce(m.cancelled, 0)
      OR l.cancellation_micros <> coalesce(m.cancelled, 0) OR l.cancellation_fee_micros <> coalesce(m.cancelled_fee, 0)
      OR l.credited_micros <> coalesce(m.credited, 0) OR l.fee_micros <> coalesce(m.fee, 0)
      OR l.refunded_micros <> coalesce(m.refunded, 0) OR l.disputed_micros <> coalesce(m.disputed, 0)
      OR l.cancellation_refunded_micros <> coalesce(m.cancelled_back, 0)
      OR l.cancellation_disputed_micros <> coalesce(m.cancelled_disputed, 0)`;
  const wrongHolds = await reader.$queryRaw<{ owner: string; balance: bigint; held: bigint }[]>`
    SELECT a.owner_id AS owner, a.balance_micros AS balance, coalesce(h.held, 0)::bigint AS held FROM accounts a
    LEFT JOIN (
      SELECT b.renter_id, sum(l.held_micros) AS held FROM leases l JOIN bookings b ON b.id = l.booking_id GROUP BY b.renter_id
    ) h ON h.renter_id = a.owner_id
    WHERE a.kind = 'renterHolds' AND a.balance_micros <> coalesce(h.held, 0)`;
  const wrongDisputes = await reader.$queryRaw<{ id: string; kept: bigint; open: bigint }[]>`
    SELECT coalesce(d.id, m.cause_id) AS id, coalesce(m.kept, 0)::bigint AS kept, coalesce(d.open, 0)::bigint AS open
    FROM (
      SELECT cause_id, sum(amount) FILTER (WHERE kind = 'disputed') AS kept FROM ${legsByCause('dsp_')} GROUP BY cause_id
    ) m
    FULL JOIN (SELECT id, CASE state WHEN 'open' THEN amount_micros ELSE 0 END AS open FROM disputes) d ON d.id = m.cause_id
    WHERE coalesce(m.kept, 0) <> coalesce(d.open, 0)`;
  return [
    ...wrongBalances.map((row) => `Account ${row.id} (${row.kind}) says ${row.balance} but ${row.moved} was moved.`),
    ...strayFees.map((row) => `Transfer ${row.id} is a fee and went to ${row.kind}.`),
    ...(whole?.sum === 0n ? [] : [`All accounts together are ${whole?.sum} and not 0.`]),
    ...wrongHolds.map((row) => `Holds of ${row.owner} are ${row.balance}, but their leases hold ${row.held}.`),
    ...wrongLeases.map((row) => `Lease ${row.id} does not fit the transfers of its booking.`),
    ...(await payoutBooksProblems(reader)),
    ...(await cardBooksProblems(reader)),
    ...wrongDisputes.map((row) => `Dispute ${row.id} has ${row.open} open, but ${row.kept} is kept for it.`),
  ];
}
