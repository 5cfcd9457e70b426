import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import type { PullProgress } from '#protocol/agent.ts';
import { type BookingFacts, bookingActions, reasonSentence, type Side } from '../booking.ts';
import { type Connect, costOf, type Rental, type RentalRow } from '../rental.ts';
import { readTerms } from '../terms.ts';

const MOST_ROWS = 100;

const rowColumns = {
  id: true,
  name: true,
  image: true,
  renterId: true,
  hostId: true,
  terms: true,
  capMicros: true,
  desired: true,
  observed: true,
  billable: true,
  reason: true,
  createdAt: true,
  observedAt: true,
  startedAt: true,
  endsAt: true,
  endedAt: true,
  diskUntil: true,
  renter: { select: { name: true } },
  machine: { select: { id: true, name: true, simulated: true, region: true, country: true, lastSyncAt: true } },
  lease: {
    select: {
      gpuSeconds: true,
      diskByteSeconds: true,
      chargedMicros: true,
      feeMicros: true,
      refundedMicros: true,
      heldMicros: true,
      ceilingMicros: true,
      billedUntil: true,
      settledAt: true,
    },
  },
} satisfies Prisma.BookingSelect;

const columns = {
  ...rowColumns,
  listingId: true,
  command: true,
  sealedEnvironment: true,
  reasonDetail: true,
  run: true,
  progress: true,
  hostKey: true,
  gatewayName: true,
  gatewayPort: true,
  host: { select: { name: true } },
  allocations: {
    orderBy: [{ startsAt: 'desc' }, { gpu: { position: 'asc' } }],
    select: { startsAt: true, gpu: { select: { id: true, uuid: true, model: true } } },
  },
} satisfies Prisma.BookingSelect;

type Row = Prisma.BookingGetPayload<{ select: typeof rowColumns }>;
type WholeRow = Prisma.BookingGetPayload<{ select: typeof columns }>;

export type RentalsAsk = {
  /** `live`: not ended yet. */
  readonly state?: 'live' | 'past' | 'all' | undefined;
  readonly machineId?: string | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** What somebody rents, newest first. */
export async function rentalsOf(actor: Actor, ask: RentalsAsk, now: Date): Promise<Page<RentalRow>> {
  return pageOf({ renterId: actor.userId }, ask, 'renter', (await walletOf(actor)).freeMicros, now);
}

/** What is rented on somebody's machines, newest first. */
export async function hostedRentals(actor: Actor, ask: RentalsAsk, now: Date): Promise<Page<RentalRow>> {
  return pageOf({ hostId: actor.userId }, ask, 'host', 0n, now);
}

async function pageOf(
  whose: Prisma.BookingWhereInput,
  ask: RentalsAsk,
  side: Side,
  freeMicros: bigint,
  now: Date,
): Promise<Page<RentalRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const rows = await db.booking.findMany({
    where: {
      ...whose,
      ...(ask.state === 'live' ? { endedAt: null } : ask.state === 'past' ? { endedAt: { not: null } } : {}),
      ...(ask.machineId === undefined ? {} : { machineId: ask.machineId }),
      ...(ask.after === undefined ? {} : { id: { lt: ask.after } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: rowColumns,
  });
  const page = toPage(rows, take);
  return { next: page.next, rows: page.rows.map((row) => rowFrom(row, side, freeMicros, now)) };
}

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
  const freeMicros = side === 'renter' ? (await walletOf(actor)).freeMicros : 0n;
  const newest = row.allocations[0]?.startsAt.getTime();
  return {
    ...rowFrom(row, side, freeMicros, now),
    listingId: row.listingId,
    renterId: row.renterId,
    hostId: row.hostId,
    hostName: row.host.name,
    side,
    command: row.command as string[] | null,
    hasEnvironment: row.sealedEnvironment !== null,
    reasonDetail: row.reasonDetail,
    sentence: reasonSentence(row.reason),
    run: row.run,
    progress: row.progress as PullProgress | null,
    connect: side === 'renter' ? connectOf(row) : null,
    gpus: row.allocations.filter(({ startsAt }) => startsAt.getTime() === newest).map(({ gpu }) => gpu),
    capMicros: row.capMicros,
    observedAt: row.observedAt,
    billedUntil: row.lease?.billedUntil ?? null,
    settled: row.lease?.settledAt != null,
  };
}

function connectOf(row: WholeRow): Connect | null {
  const place = env().gateways.find((gateway) => gateway.name === row.gatewayName);
  const open = row.desired === 'running' && row.observed === 'connectable';
  if (!open || place === undefined || row.gatewayPort === null || row.hostKey === null) return null;
  return { host: place.publicHost, port: row.gatewayPort, user: 'root', hostKey: row.hostKey };
}

function rowFrom(row: Row, side: Side, freeMicros: bigint, now: Date): RentalRow {
  const terms = readTerms(row.terms);
  const facts = row as Row & BookingFacts;
  if (row.lease === null) throw new Error(`booking ${row.id} has no lease`);
  const lease = { ...row.lease, diskByteSeconds: BigInt(row.lease.diskByteSeconds.toFixed(0)) };
  const { billable, capMicros, observedAt } = facts;
  return {
    id: row.id,
    name: row.name,
    image: row.image,
    machine: row.machine,
    gpuModel: terms.gpuModel,
    gpuCount: terms.gpuCount,
    renterName: row.renter.name,
    terms,
    desired: facts.desired,
    observed: facts.observed,
    billable,
    reason: row.reason,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endsAt: row.endsAt,
    endedAt: row.endedAt,
    diskUntil: row.diskUntil,
    cost: costOf({ terms, billable, capMicros, observedAt, lease, freeMicros }, now),
    actions: bookingActions(facts, side, now),
  };
}
