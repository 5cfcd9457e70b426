import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { cancellationSentence } from '#lib/catalogue/cancellation.ts';
import { runsContainers } from '#lib/catalogue/offer-facts.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import type { PullProgress } from '#protocol/agent.ts';
import { reasonSentence, type Side } from '../booking.ts';
import { connectionOf } from '../connection.ts';
import { putOutSentence, wasUsed } from '../put-out.ts';
import type { Rental, RentalRow } from '../rental.ts';
import { cancelFreeUntil, cancellationDue, cancellationOf, type MachineFault } from '../reserved.ts';
import { sharedRunways } from './burn.ts';
import { machineFaultOf } from './machine-fault.ts';
import { beside, rowColumns, rowFrom } from './rental-row.ts';
import { startOutlook } from './start-outlook.ts';

export type { Rental } from '../rental.ts';

const columns = {
  ...rowColumns,
  listingId: true,
  machineId: true,
  command: true,
  sealedEnvironment: true,
  reasonDetail: true,
  run: true,
  progress: true,
  hostKey: true,
  gatewayName: true,
  gatewayPort: true,
  host: { select: { name: true } },
  putOutAt: true,
  attempt: { select: { attempt: { select: { job: { select: { arrayId: true, index: true } } } } } },
  machine: { select: { ...rowColumns.machine.select, specification: true } },
  allocations: {
    orderBy: [{ startsAt: 'desc' }, { gpu: { position: 'asc' } }],
    select: { startsAt: true, connectableAt: true, gpu: { select: { id: true, uuid: true, model: true } } },
  },
} satisfies Prisma.BookingSelect;

type WholeRow = Prisma.BookingGetPayload<{ select: typeof columns }>;

/**
 * One rental with everything a page about it needs: for its renter, its host, or staff. What is neither's is not found.
 * The way in is told to the renter only.
 */
export async function rentalOf(actor: Actor, bookingId: string, now: Date): Promise<Rental> {
  const row = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: columns,
  });
  if (row === null) throw new Refusal('notFound');
  const side: Side = row.renterId === actor.userId ? 'renter' : row.hostId === actor.userId ? 'host' : 'staff';
  const freeMicros =
    side === 'renter' ? await spendableOf(db, actor.userId, (await walletOf(actor)).freeMicros, now) : 0n;
  const newest = row.allocations[0]?.startsAt.getTime();
  const runways = side === 'renter' ? await sharedRunways(actor, freeMicros, now) : new Map<string, number>();
  const shown = beside(rowFrom(row, side, freeMicros, now), runways, now);
  const { listingId } = row;
  const { gpuCount, actions } = shown;
  const { specification, ...machine } = row.machine;
  const mayStart = actions.includes('start') && row.kind !== 'interruptible';
  const start = mayStart ? await startOutlook(actor, { listingId, gpuCount }, now) : null;
  return {
    ...shown,
    machine,
    actions: start === null || start.whyNot === null ? actions : actions.filter((action) => action !== 'start'),
    start,
    listingId,
    renterId: row.renterId,
    hostId: row.hostId,
    hostName: row.host.name,
    side,
    besideRentals: [...runways.keys()].filter((id) => id !== row.id).length,
    command: row.command as string[] | null,
    job: side === 'renter' ? (row.attempt?.attempt.job ?? null) : null,
    hasEnvironment: row.sealedEnvironment !== null,
    reasonDetail: row.reasonDetail,
    sentence: reasonSentence(row.reason),
    run: row.run,
    progress: row.progress as PullProgress | null,
    connect: side === 'renter' ? connectOf(row) : null,
    executes: runsContainers(specification),
    gpus: row.allocations.filter(({ startsAt }) => startsAt.getTime() === newest).map(({ gpu }) => gpu),
    capMicros: row.capMicros,
    cancellation: cancellationOfRow(
      row,
      shown,
      row.kind === 'reserved' ? await machineFaultOf(db, row, now) : null,
      now,
    ),
    cancellationMicros: row.lease?.cancellationMicros ?? 0n,
    cancellationRefundedMicros: row.lease?.cancellationRefundedMicros ?? 0n,
    puttingOut: side === 'renter' ? puttingOutOf(row, now) : null,
    observedAt: row.observedAt,
    billedUntil: row.lease?.billedUntil ?? null,
    settled: row.lease?.settledAt != null,
  };
}

function puttingOutOf({ putOutAt, desired, allocations }: WholeRow, now: Date): string | null {
  const { interruptionNoticeSeconds } = env();
  const usedSince = allocations[0]?.connectableAt ?? null;
  if (putOutAt === null || desired !== 'running' || wasUsed({ usedSince, endsAt: now }, interruptionNoticeSeconds))
    return null;
  return putOutSentence(interruptionNoticeSeconds);
}

function cancellationOfRow(
  row: WholeRow,
  rental: RentalRow,
  fault: MachineFault | null,
  now: Date,
): Rental['cancellation'] {
  const { terms, kind, startsAt, endsAt, createdAt, startedAt, desired } = rental;
  const facts = { terms, kind, startsAt, endsAt, createdAt, startedAt, reason: row.reason };
  const freeUntil = cancelFreeUntil(facts);
  if (freeUntil === null || terms.cancellation === undefined || row.lease === null) return null;
  if (desired !== 'running' || now >= endsAt) return null;
  return {
    freeUntil,
    dueMicros: cancellationDue({ ...facts, lease: row.lease }, fault, now),
    fault,
    shareMicros: cancellationOf(terms, facts),
    sentence: cancellationSentence(terms.cancellation),
  };
}

function connectOf(row: WholeRow): Rental['connect'] {
  const place = env().gateways.find((gateway) => gateway.name === row.gatewayName);
  const open = row.desired === 'running' && row.observed === 'connectable';
  if (!open || place === undefined || row.gatewayPort === null || row.hostKey === null) return null;
  return connectionOf(row.id, { host: place.publicHost, port: row.gatewayPort, hostKey: row.hostKey });
}
