import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { phaseIn } from '#lib/bookings/phase.ts';
import { db, type Reader } from '#lib/io/db.ts';
import type { Telemetry } from '../evidence.ts';
import { findInterruptions } from '../interruption.ts';

const MOST_EVENTS = 500;
const MOST_SILENCES = 1_000;

type Rental = {
  readonly id: string;
  readonly machineId: string;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly lease: { readonly id: string; readonly statementSequence: number; readonly statementHash: string };
};

/** What the market found of interruptions in a rental, before anybody contests it: for its renter, its host or staff. What is not theirs is not found. */
export async function proposalOf(
  actor: Actor,
  bookingId: string,
  now: Date,
): Promise<Pick<Telemetry, 'interruptions' | 'proposedMicros'>> {
  const booking = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      ...{ id: true, machineId: true, reason: true, createdAt: true, startedAt: true, endedAt: true },
      lease: { select: { id: true, statementSequence: true, statementHash: true } },
    },
  });
  if (booking === null || booking.lease === null) throw new Refusal('notFound');
  const { interruptions, proposedMicros } = await telemetryOf(db, { ...booking, lease: booking.lease }, now);
  return { interruptions, proposedMicros };
}

/** What the market recorded about a rental, and what interrupted it by that. */
export async function telemetryOf(tx: Reader, booking: Rental, now: Date): Promise<Telemetry> {
  const { lease } = booking;
  const from = booking.startedAt ?? booking.createdAt;
  const until = booking.endedAt ?? now;
  const silences = await silencesOf(tx, booking, from, until);
  const events = await tx.event.findMany({
    where: { bookingId: booking.id, kind: { startsWith: 'booking.' } },
    orderBy: { id: 'desc' },
    take: MOST_EVENTS,
    select: { kind: true, data: true, reason: true, createdAt: true },
  });
  events.reverse();
  const phases = events.flatMap(({ kind, data, createdAt }) => {
    const phase = phaseOf(kind, data);
    return phase === null ? [] : [{ at: createdAt, phase }];
  });
  const samples = await tx.metricSample.findMany({
    where: { bookingId: booking.id },
    orderBy: { at: 'asc' },
    select: { at: true },
  });
  const statements = await tx.statementRecord.findMany({
    where: { leaseId: lease.id },
    orderBy: { sequence: 'asc' },
    select: { startsAt: true, endsAt: true, state: true, chargedMicros: true },
  });
  const samplesAt = samples.map(({ at }) => at);
  const found = findInterruptions({ from, until, statements, silences, phases, samplesAt });
  return {
    bookingId: booking.id,
    from,
    until,
    ...found,
    statements: await statedOf(tx, lease),
    silences,
    events: events.map(({ kind, data, reason, createdAt }) => ({ at: createdAt, kind, phase: phaseIn(data), reason })),
    metrics: await metricsOf(tx, booking.id),
    countersignature: await tx.countersignature.findUnique({
      where: { leaseId: lease.id },
      select: { sequence: true, key: true, receivedAt: true },
    }),
  };
}

/** That a host broke a rental off is written with its machine: it counts for this one only where this one ended by it. */
async function silencesOf(tx: Reader, { machineId, reason }: Rental, from: Date, until: Date) {
  return tx.silence.findMany({
    where: {
      machineId,
      cause: { in: reason === 'hostEnded' ? ['unreachable', 'hostEnded'] : ['unreachable'] },
      startsAt: { lt: until },
      OR: [{ endsAt: null }, { endsAt: { gt: from } }],
    },
    orderBy: { startsAt: 'asc' },
    take: MOST_SILENCES,
    select: { cause: true, startsAt: true, endsAt: true },
  });
}

function phaseOf(kind: string, data: unknown): string | null {
  switch (kind) {
    case 'booking.connectable':
      return 'connectable';
    case 'booking.phase':
      return phaseIn(data);
    case 'booking.failed':
      return 'failed';
    // What was asked for is no interruption, and what starts after it neither.
    case 'booking.stopAsked':
    case 'booking.endAsked':
    case 'booking.interrupting':
    case 'booking.idleStopped':
      return 'stopping';
    case 'booking.stopped':
      return 'stopped';
    case 'booking.ended':
      return 'ended';
    default:
      return null;
  }
}

async function statedOf(tx: Reader, lease: Rental['lease']): Promise<Telemetry['statements']> {
  const first = await tx.statementRecord.findFirst({
    where: { leaseId: lease.id },
    orderBy: { sequence: 'asc' },
    select: { hash: true },
  });
  const sums = await tx.$queryRaw<
    { reason: string | null; statements: number; stated: bigint; billed: bigint; charged: bigint }[]
  >`
    SELECT unbilled_reason AS reason, count(*)::int AS statements, sum(gpu_seconds)::bigint AS stated,
      sum(billed_gpu_seconds)::bigint AS billed, sum(charged_micros)::bigint AS charged
    FROM statements WHERE lease_id = ${lease.id} GROUP BY unbilled_reason ORDER BY unbilled_reason NULLS FIRST`;
  const sum = (of: (row: (typeof sums)[number]) => bigint) => sums.reduce((all, row) => all + of(row), 0n);
  return {
    count: sums.reduce((all, row) => all + row.statements, 0),
    firstHash: first?.hash ?? null,
    lastSequence: lease.statementSequence,
    lastHash: lease.statementHash,
    statedGpuSeconds: sum((row) => row.stated),
    billedGpuSeconds: sum((row) => row.billed),
    chargedMicros: sum((row) => row.charged),
    unbilled: sums.flatMap(({ reason, statements, stated, billed }) =>
      reason === null ? [] : [{ reason, statements, gpuSeconds: stated - billed }],
    ),
  };
}

async function metricsOf(tx: Reader, bookingId: string): Promise<Telemetry['metrics']> {
  return tx.$queryRaw<Telemetry['metrics'][number][]>`
    SELECT date_bin('10 minutes', at, TIMESTAMPTZ '2000-01-01') AS at, count(*)::int AS samples,
      round(avg((SELECT avg(u) FROM unnest(gpu_utilisation_percent) u)))::int AS "gpuUtilisationPercent",
      max((SELECT max(c) FROM unnest(gpu_temperature_celsius) c))::int AS "gpuTemperatureCelsius",
      round(avg(cpu_millis))::int AS "cpuMillis"
    FROM metric_samples WHERE booking_id = ${bookingId} GROUP BY 1 ORDER BY 1`;
}
