import { addSeconds, isBefore } from '#lib/base/time.ts';
import { openNow } from '#lib/catalogue/calendar.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { offersForBids } from '#lib/catalogue/queries/standing-offer.ts';
import { db } from '#lib/io/db.ts';
import { spendableByItself } from '#lib/ledger/queries/spending-limit.ts';
import { bidFloor, SHORTEST_RUN_SECONDS, takesPart, type Waits } from '../bid.ts';
import type { BidOffer, OpenBid } from '../bid-round.ts';
import type { BookingFacts } from '../booking.ts';
import { leastHold } from '../hold.ts';
import { limitsFor } from '../terms.ts';

/** The market of interruptible rentals as it stands. */
export type BidMarket = {
  readonly offers: readonly BidOffer[];
  readonly bids: readonly OpenBid[];
  /** Open bids that can take no part now, and why. */
  readonly unable: ReadonlyMap<string, Waits>;
};

/** Takes the snapshot that a clearing starts from: for the market itself, there is no viewer. */
export async function bidMarket(now: Date): Promise<BidMarket> {
  const [standing, disks, rows] = await Promise.all([offersForBids(db, now), rentedDisks(), openBids()]);
  const soon = addSeconds(now, SHORTEST_RUN_SECONDS);
  const offers = standing.flatMap((offer): BidOffer[] => {
    const floorMicros = bidFloor({ ...offer, priceMicrosPerGpuHour: offer.terms.priceMicrosPerGpuHour });
    if (floorMicros === null || whyNotOffered(offer.facts, now) !== null) return [];
    if (offer.terms.endsAt !== null && !isBefore(soon, offer.terms.endsAt)) return [];
    const open = openNow(offer.calendar, now);
    if (open === null || (open.closesAt !== null && !isBefore(soon, open.closesAt))) return [];
    const gpus = offer.gpus.filter(
      (gpu) => gpu.takenUntil === null && (gpu.nextTakenAt === null || gpu.nextTakenAt > soon),
    );
    return [
      {
        listingId: offer.listingId,
        hostId: offer.hostId,
        simulated: offer.simulated,
        model: offer.gpus[0]?.model ?? '',
        floorMicros,
        gpus: gpus.length,
        minGpus: offer.terms.minGpus,
        diskPriceMicrosPerGibMonth: offer.terms.diskPriceMicrosPerGibMonth,
        freeDiskBytes: BigInt(offer.diskFreeBytes) - (disks.get(offer.machineId) ?? 0n),
      },
    ];
  });
  const money = await moneyOf(rows, now);
  const bids: OpenBid[] = [];
  const unable = new Map<string, Waits>();
  for (const row of rows) {
    const booking = row.booking as BookingRow | null;
    if (!takesPart(row, booking, now)) continue;
    const running = booking?.desired === 'running';
    const why = running ? null : row.renter.sshKeys.length === 0 ? 'noKey' : lacksMoney(row, money);
    if (why !== null) unable.set(row.id, why);
    else
      bids.push({
        ...row,
        blockedBy: row.renter.blocksReceived.map(({ hostId }) => hostId),
        rental: booking === null ? null : { bookingId: booking.id, listingId: booking.listingId, running },
      });
  }
  return { offers, bids, unable };
}

type BookingRow = Pick<BookingFacts, 'desired' | 'observed' | 'reason'> & {
  readonly id: string;
  readonly listingId: string;
  readonly lease: { readonly heldMicros: bigint } | null;
};
type BidRow = Awaited<ReturnType<typeof openBids>>[number];

function openBids() {
  return db.bid.findMany({
    where: { state: 'open', renter: { suspendedAt: null } },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      renterId: true,
      listingId: true,
      models: true,
      gpuCount: true,
      diskBytes: true,
      maxDiskPriceMicrosPerGibMonth: true,
      simulatedToo: true,
      microsPerGpuHour: true,
      state: true,
      notBefore: true,
      booking: {
        select: {
          id: true,
          listingId: true,
          desired: true,
          observed: true,
          reason: true,
          lease: { select: { heldMicros: true } },
        },
      },
      renter: {
        select: { blocksReceived: { select: { hostId: true } }, sshKeys: { take: 1, select: { id: true } } },
      },
    },
  });
}

async function rentedDisks(): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.$queryRaw<{ machine_id: string; bytes: string }[]>`
    SELECT machine_id, coalesce(sum((terms->>'diskBytes')::numeric), 0)::text AS bytes FROM bookings
    WHERE observed <> 'ended' AND ended_at IS NULL GROUP BY machine_id`;
  return new Map(rows.map(({ machine_id, bytes }) => [machine_id, BigInt(bytes)]));
}

/** What each renter who waits could set aside now. */
async function moneyOf(rows: readonly BidRow[], now: Date): Promise<ReadonlyMap<string, bigint>> {
  const waiting = [...new Set(rows.filter(({ booking }) => booking?.desired !== 'running').map((row) => row.renterId))];
  const wallets = await db.account.findMany({
    where: { kind: 'renterWallet', ownerId: { in: waiting }, balanceMicros: { gt: 0 } },
    select: { ownerId: true, balanceMicros: true },
  });
  const money = new Map<string, bigint>();
  for (const { ownerId, balanceMicros } of wallets)
    if (ownerId !== null) money.set(ownerId, await spendableByItself(db, ownerId, balanceMicros, now));
  return money;
}

/** A bid that its renter could not pay for an hour takes no part: it would only move others' prices. */
function lacksMoney(row: BidRow, money: ReadonlyMap<string, bigint>): Waits | null {
  const least = leastHold({
    priceMicrosPerGpuHour: row.microsPerGpuHour,
    diskPriceMicrosPerGibMonth: row.maxDiskPriceMicrosPerGibMonth,
    feeBasisPoints: 0,
    gpuCount: row.gpuCount,
    gpuModel: '',
    diskBytes: row.diskBytes,
    limits: limitsFor({ cpuThreads: 0, memoryBytes: 0, gpuCount: 1 }, 1),
  });
  return (money.get(row.renterId) ?? 0n) + (row.booking?.lease?.heldMicros ?? 0n) >= least ? null : 'noMoney';
}
