import type { TrustTier } from '#lib/catalogue/machine.ts';
import { db, type Reader } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import type { StandingFacts, StandingMode, StandingState, StandingWish } from '../standing-request.ts';

/** The columns of a request that decide anything. */
export const standingColumns = {
  id: true,
  renterId: true,
  name: true,
  mode: true,
  state: true,
  models: true,
  vramGib: true,
  gpuCount: true,
  diskBytes: true,
  regions: true,
  trust: true,
  leastReliabilityBasisPoints: true,
  realOnly: true,
  maxPriceMicrosPerGpuHour: true,
  capMicros: true,
  durationSeconds: true,
  startBy: true,
  finishBy: true,
  image: true,
  command: true,
  tries: true,
  nextTryAt: true,
  trouble: true,
  toldListingIds: true,
  toldAt: true,
  bookingId: true,
  createdAt: true,
  closedAt: true,
} satisfies Prisma.StandingRequestSelect;

type Row = Prisma.StandingRequestGetPayload<{ select: typeof standingColumns }>;

/** A request as it is stored, with its words read. */
export type StandingRow = Omit<Row, 'mode' | 'state' | 'trust' | 'command'> &
  StandingFacts &
  StandingWish & { readonly command: readonly string[] | null };

/** Reads what the database holds; its constraints hold the words to those that there are. */
export function readStanding(row: Row): StandingRow {
  return {
    ...row,
    mode: row.mode as StandingMode,
    state: row.state as StandingState,
    trust: row.trust as TrustTier,
    command: row.command as string[] | null,
  };
}

/** The hosts that do not rent to this renter. */
export async function blockersOf(reader: Pick<Reader, 'renterBlock'>, renterId: string): Promise<readonly string[]> {
  const rows = await reader.renterBlock.findMany({ where: { renterId }, select: { hostId: true } });
  return rows.map(({ hostId }) => hostId);
}

/** A request that waits, and the hosts that do not rent to its renter. */
export type WaitingRequest = StandingRow & { readonly blockedHostIds: readonly string[] };

/**
 * Requests that wait for a match now, after this id, the oldest first; none of suspended people, none that is to be tried
 * later. So many at a time.
 */
export async function waitingRequests(after: string, atOnce: number, now: Date): Promise<readonly WaitingRequest[]> {
  const rows = await db.standingRequest.findMany({
    where: {
      id: { gt: after },
      state: 'open',
      startBy: { gte: now },
      renter: { suspendedAt: null },
      OR: [{ nextTryAt: null }, { nextTryAt: { lte: now } }],
    },
    orderBy: { id: 'asc' },
    take: atOnce,
    select: { ...standingColumns, renter: { select: { blocksReceived: { select: { hostId: true } } } } },
  });
  return rows.map(({ renter, ...row }) => ({
    ...readStanding(row),
    blockedHostIds: renter.blocksReceived.map(({ hostId }) => hostId),
  }));
}
