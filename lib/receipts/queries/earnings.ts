import type { Actor } from '#lib/base/actor.ts';
import { firstId, madeAt } from '#lib/base/id.ts';
import { type Month, monthOf, monthsFrom } from '#lib/base/month.ts';
import { type GpuTime, gpuTimeOf, occupancyOf } from '#lib/catalogue/occupancy.ts';
import { db } from '#lib/io/db.ts';
import { firstMonthOf } from '#lib/ledger/queries/movements.ts';
import {
  type EarningLine,
  type EarningMachine,
  type EarningSpan,
  type EarningSums,
  type Earnings,
  netOf,
  spanInstants,
} from '../earnings.ts';
import { hostAccountsOf } from './host-accounts.ts';

type Summed = Omit<EarningSums, 'netMicros'> & { readonly month: Month | null; readonly machineId: string | null };

const NOTHING: EarningSums = {
  ...{ grossMicros: 0n, feeMicros: 0n, refundedMicros: 0n, contestedMicros: 0n, netMicros: 0n },
  rentals: 0,
};

/** What the viewer's machines earned in a span, by month, by machine and by both, and how much of their time was rented. */
export async function earningsIn(actor: Actor, span: EarningSpan, now: Date): Promise<Earnings> {
  const { from, until } = spanInstants(span, now);
  const [summed, machines] = await Promise.all([sums(actor, from, until, now), machinesIn(actor, from, until)]);
  const sumOf = new Map(summed.map((row) => [`${row.month} ${row.machineId}`, row]));
  const months = monthsFrom(span.from, span.to);
  const times = new Map<string, GpuTime>();
  for (const machine of machines)
    for (const month of months) {
      const within = spanInstants({ from: month, to: month }, now);
      times.set(`${month} ${machine.about.id}`, gpuTimeOf(machine, within.from, within.until));
    }
  const line = (month: Month | null, machineId: string | null): EarningLine => {
    const these = (month === null ? months : [month]).flatMap((one) =>
      (machineId === null ? machines.map(({ about }) => about.id) : [machineId]).flatMap(
        (id) => times.get(`${one} ${id}`) ?? [],
      ),
    );
    const found = sumOf.get(`${month} ${machineId}`);
    const sum = found === undefined ? NOTHING : { ...found, netMicros: netOf(found) };
    const { grossMicros, feeMicros, refundedMicros, contestedMicros, netMicros, rentals } = sum;
    return {
      ...{ grossMicros, feeMicros, refundedMicros, contestedMicros, netMicros, rentals },
      rentedGpuSeconds: Math.floor(these.reduce((all, { rentedMs }) => all + rentedMs, 0) / 1_000),
      offeredGpuSeconds: Math.floor(these.reduce((all, { offeredMs }) => all + offeredMs, 0) / 1_000),
      occupancyBasisPoints: occupancyOf(these),
    };
  };
  const busy = (row: EarningLine) => row.offeredGpuSeconds > 0 || row.grossMicros !== 0n || row.netMicros !== 0n;
  const byMachine = machines.map(({ about }) => ({ machine: about, ...line(null, about.id) }));
  return {
    span,
    running: span.to === monthOf(now),
    total: line(null, null),
    months: months.map((month) => ({ month, ...line(month, null) })),
    machines: byMachine
      .filter((row) => busy(row) || !row.machine.retired)
      .sort((a, b) => (a.netMicros === b.netMicros ? 0 : a.netMicros < b.netMicros ? 1 : -1)),
    cells: months.flatMap((month) =>
      machines.map(({ about }) => ({ month, machine: about, ...line(month, about.id) })).filter(busy),
    ),
  };
}

/** The first month of which there is anything to say of the viewer as a host: money moved, or a machine was offered. */
export async function firstEarningMonth(actor: Actor, now: Date): Promise<Month> {
  const [moved, offered] = await Promise.all([
    firstMonthOf(actor, 'host', now),
    db.offer.aggregate({ where: { machine: { hostId: actor.userId } }, _min: { startsAt: true } }),
  ]);
  const since = offered._min.startsAt;
  return since !== null && monthOf(since) < moved ? monthOf(since) : moved;
}

/** Sums by month and machine, by each alone (the other is null), and of all. A transfer belongs to the month in which it was made. */
async function sums(actor: Actor, from: Date, until: Date, now: Date): Promise<Summed[]> {
  const { mine, contested } = await hostAccountsOf(actor);
  const low = firstId('transfer', from);
  // What is moved in this very millisecond belongs to a span that goes on.
  const high = firstId('transfer', until < now ? until : new Date(now.getTime() + 1));
  return db.$queryRaw<Summed[]>`
    WITH own AS (
      SELECT b.id AS booking_id, b.machine_id, l.credited_micros + l.fee_micros + l.cancellation_micros AS gross,
        l.fee_micros + l.cancellation_fee_micros AS fee,
        date_trunc('month', b.created_at AT TIME ZONE 'UTC') AS month,
        coalesce(date_trunc('month', b.created_at AT TIME ZONE 'UTC') =
          date_trunc('month', (l.settled_at + interval '1 minute') AT TIME ZONE 'UTC'), false) AS closed_in_it
      FROM bookings b JOIN leases l ON l.booking_id = b.id
      WHERE b.host_id = ${actor.userId} AND b.created_at < ${until} AND (l.settled_at IS NULL OR l.settled_at + interval '1 minute' >= ${from})
    ), parts AS (
      -- All that such a rental used was charged in that month, and its lease says how much: its transfers need not be read.
      SELECT machine_id, booking_id, month, gross, fee, 0 AS refunded, 0 AS contested FROM own
      WHERE closed_in_it AND month >= ${from}::timestamptz AT TIME ZONE 'UTC'
      UNION ALL
      SELECT own.machine_id, own.booking_id, date_trunc('month', t.created_at AT TIME ZONE 'UTC'), sum(t.amount_micros),
        sum(t.amount_micros) FILTER (WHERE t.kind IN ('fee', 'cancellationFee')), 0, 0
      FROM own JOIN transfers t ON t.booking_id = own.booking_id
      WHERE NOT own.closed_in_it AND t.id >= ${low} AND t.id < ${high} AND t.kind IN ('capture', 'fee', 'cancellation', 'cancellationFee') GROUP BY 1, 2, 3
      UNION ALL
      -- What is given back or contested leaves one of these accounts, which little else does.
      SELECT b.machine_id, b.id, date_trunc('month', t.created_at AT TIME ZONE 'UTC'), 0, 0,
        sum(t.amount_micros) FILTER (WHERE t.kind IN ('refund', 'cancellationBack') AND t.debit_account_id = ANY(${mine})),
        sum(CASE WHEN t.credit_account_id = ANY(${contested}) THEN t.amount_micros ELSE -t.amount_micros END) FILTER (
          WHERE (t.credit_account_id = ANY(${contested}) AND t.debit_account_id = ANY(${mine}))
            OR (t.debit_account_id = ANY(${contested}) AND t.credit_account_id = ANY(${mine})))
      FROM transfers t JOIN bookings b ON b.id = t.booking_id AND b.host_id = ${actor.userId}
      WHERE t.debit_account_id = ANY(${[...mine, ...contested]}) AND t.id >= ${low} AND t.id < ${high} GROUP BY 1, 2, 3
    ), used AS (
      SELECT machine_id, booking_id, month, sum(gross) AS gross, sum(fee) AS fee, sum(refunded) AS refunded, sum(contested) AS contested
      FROM parts GROUP BY 1, 2, 3
    )
    SELECT to_char(used.month, 'YYYY-MM') AS month, machine_id AS "machineId",
      coalesce(sum(gross), 0)::bigint AS "grossMicros", coalesce(sum(fee), 0)::bigint AS "feeMicros",
      coalesce(sum(refunded), 0)::bigint AS "refundedMicros", coalesce(sum(contested), 0)::bigint AS "contestedMicros",
      (count(DISTINCT booking_id) FILTER (WHERE gross > 0))::int AS rentals
    FROM used GROUP BY GROUPING SETS ((used.month, machine_id), (used.month), (machine_id), ())`;
}

export type MachineIn = Parameters<typeof gpuTimeOf>[0] & { readonly about: EarningMachine };

/** The machines of a host, with when they were offered and their GPUs rented between two instants. */
export async function machinesIn(actor: Actor, from: Date, until: Date): Promise<MachineIn[]> {
  const within = { startsAt: { lt: until }, OR: [{ endsAt: null }, { endsAt: { gt: from } }] };
  const rows = await db.machine.findMany({
    where: { hostId: actor.userId },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      name: true,
      simulated: true,
      retiredAt: true,
      offers: { where: within, select: { startsAt: true, endsAt: true } },
      gpus: {
        select: {
          id: true,
          removedAt: true,
          allocations: {
            where: { startsAt: { lt: until }, endsAt: { gt: from } },
            select: { startsAt: true, endsAt: true },
          },
        },
      },
    },
  });
  return rows.map(({ offers, gpus, retiredAt, ...machine }) => ({
    about: { ...machine, retired: retiredAt !== null },
    offers,
    gpus: gpus.map((gpu) => ({
      presentFrom: madeAt(gpu.id),
      presentUntil: gpu.removedAt,
      rented: gpu.allocations,
    })),
  }));
}
