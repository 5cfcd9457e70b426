import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds, earliest, isBefore } from '#lib/base/time.ts';
import { openNow } from '#lib/catalogue/calendar.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import type { TrustTier } from '#lib/catalogue/machine.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { allowPutOut, notePutOut } from './allow-put-out.ts';
import { bidFloor, SHORTEST_RUN_SECONDS, takesPart } from './bid.ts';
import { capOfRental, suits } from './bid-wish.ts';
import type { BookingFacts } from './booking.ts';
import { cheapestToHave, whoYields } from './free-gpus.ts';
import { interruptBooking } from './interrupt-booking.ts';
import { lockBookingsOn } from './lock-booking.ts';
import { makeBookings } from './make-bookings.ts';
import { groundsOf, rentalsOfBids } from './queries/bid-facts.ts';
import type { StartWork } from './queries/start-work.ts';
import { windowEnd } from './quote.ts';
import { restartBooking } from './restart-booking.ts';
import { limitsFor, ON_DEMAND_SECONDS } from './terms.ts';

export type BidStart = { readonly bidId: string; readonly listingId: string; readonly microsPerGpuHour: Micros };

/**
 * Step: what a clearing decided is looked at again under lock and done: a bid gets its first rental, or its interrupted one
 * goes on; rentals in `losers` yield as far as it needs their GPUs, the lowest bid first. Answers false when it does not fit
 * any more: the next clearing sees why. Refuses with `putOutInVain`, and what `holdForLease` and `choosePort` say.
 */
export async function commitStart(
  tx: Tx,
  start: BidStart,
  work: StartWork,
  losers: ReadonlySet<string>,
  now: Date,
): Promise<boolean> {
  const offer = await lockOffer(tx, start.listingId, now);
  if (offer === undefined || whyNotOffered(offer.facts, now) !== null) return false;
  const floor = bidFloor({ ...offer, priceMicrosPerGpuHour: offer.terms.priceMicrosPerGpuHour });
  await tx.$queryRaw`SELECT 1 FROM bids WHERE id = ${start.bidId} FOR NO KEY UPDATE`;
  const bid = await tx.bid.findUnique({
    where: { id: start.bidId, renter: { suspendedAt: null } },
    include: { booking: true },
  });
  if (bid === null || floor === null || floor > start.microsPerGpuHour) return false;
  if (bid.microsPerGpuHour < start.microsPerGpuHour || bid.booking?.desired === 'running') return false;
  if (!takesPart(bid, bid.booking as Pick<BookingFacts, 'desired' | 'observed' | 'reason'> | null, now)) return false;
  if (bid.booking !== null && bid.booking.listingId !== offer.listingId) return false;
  if (bid.booking === null && !(await maySuit(tx, bid, offer, work))) return false;
  const taken = gpusFor(offer, bid.gpuCount, losers, now);
  if (taken === null) return false;
  if (bid.booking === null && bid.diskBytes > BigInt(offer.diskFreeBytes) - offer.rentedDiskBytes) return false;
  const ids = [...taken.yielding, ...(bid.bookingId === null ? [] : [bid.bookingId])];
  const locked = await lockBookingsOn(tx, offer.machineId, { bookingIds: ids });
  if (taken.yielding.length > 0) await allowPutOut(tx, bid.renterId, now);
  for (const booking of locked.filter(({ id }) => id !== bid.bookingId))
    await interruptBooking(tx, THE_MARKET, booking, { endsAt: taken.startsAt, yieldsFor: 'outbid' }, now);
  const own = locked.find(({ id }) => id === bid.bookingId);
  const bookingId = own?.id ?? newId('booking', now);
  const rentals = bid.capMicros === null ? [] : ((await rentalsOfBids(tx, [bid.id])).get(bid.id) ?? []);
  const capMicros = capOfRental(bid.capMicros, rentals, own?.id ?? null);
  if (own !== undefined) await restartBooking(tx, THE_MARKET, own, { ...taken, capMicros }, now);
  else
    await makeBookings(
      tx,
      THE_MARKET,
      [
        {
          bookingId,
          leaseId: work.leaseId,
          kind: 'interruptible',
          renterId: bid.renterId,
          quoteId: null,
          offer,
          gpus: taken.gpus,
          terms: {
            priceMicrosPerGpuHour: bid.microsPerGpuHour,
            diskPriceMicrosPerGibMonth: offer.terms.diskPriceMicrosPerGibMonth,
            feeBasisPoints: env().feeBasisPoints,
            gpuCount: bid.gpuCount,
            gpuModel: offer.gpus[0]?.model ?? '',
            diskBytes: bid.diskBytes,
            limits: limitsFor({ ...offer, gpuCount: offer.gpus.length }, bid.gpuCount),
          },
          workload: {
            name: bid.name,
            image: bid.image,
            command: bid.command as string[] | null,
            sealedEnvironment: work.sealedEnvironment,
          },
          capMicros,
          idempotencyKey: `${bid.id}:${bid.rentals + 1}`,
          startsAt: taken.startsAt,
          endsAt: taken.endsAt,
        },
      ],
      now,
    );
  if (taken.yielding.length > 0) await notePutOut(tx, [bookingId], now, bid.microsPerGpuHour);
  await tx.bid.update({
    where: { id: bid.id },
    data: {
      bookingId,
      waits: null,
      waitsDetail: null,
      notBefore: null,
      ...(own === undefined ? { rentals: bid.rentals + 1 } : {}),
      updatedAt: now,
    },
  });
  await setPrice(tx, bookingId, start.microsPerGpuHour, now);
  return true;
}

/** Whether the machine is where the bid wants it and trusted as much, and can open what was sealed for it. */
async function maySuit(tx: Tx, bid: BidWish, offer: StandingOffer, work: StartWork): Promise<boolean> {
  const ground = (await groundsOf(tx, [offer.machineId])).get(offer.machineId);
  const wish = { regions: bid.regions, leastTrust: bid.leastTrust as TrustTier };
  return ground !== undefined && suits(wish, ground) && offer.sealingKey === work.sealingKey;
}
type BidWish = { readonly regions: readonly string[]; readonly leastTrust: string };

/** Step: what an interruptible rental pays from now on. The same price again changes nothing. */
export async function setPrice(tx: Tx, bookingId: string, microsPerGpuHour: Micros, now: Date): Promise<boolean> {
  const last = await tx.bidPrice.findFirst({ where: { bookingId }, orderBy: { since: 'desc' } });
  if (last?.microsPerGpuHour === microsPerGpuHour || (last !== null && !isBefore(last.since, now))) return false;
  await tx.bidPrice.create({ data: { bookingId, since: now, microsPerGpuHour } });
  return true;
}

/** GPUs for a bid: free ones, then those of rentals that lost; null when there are too few for long enough. */
function gpusFor(offer: StandingOffer, count: number, losers: ReadonlySet<string>, now: Date) {
  const soon = addSeconds(now, SHORTEST_RUN_SECONDS);
  const open = openNow(offer.calendar, now);
  if (open === null || (open.closesAt !== null && open.closesAt <= soon)) return null;
  const possible = offer.gpus.filter(
    ({ takenUntil, nextTakenAt, yielding }) =>
      takenUntil === null &&
      (nextTakenAt === null || nextTakenAt > soon) &&
      yielding.every(({ bookingId }) => losers.has(bookingId)),
  );
  const gpus = cheapestToHave(possible, count);
  if (gpus.length < count) return null;
  const { startsAt, yielding } = whoYields(gpus, env().interruptionNoticeSeconds, now);
  const next = gpus.map(({ nextTakenAt }) => nextTakenAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const longest = addSeconds(startsAt, offer.calendar.mostSeconds ?? ON_DEMAND_SECONDS);
  const bound = earliest(offer.terms.endsAt, open.closesAt, longest) ?? longest;
  const endsAt = new Date(Math.min(windowEnd(startsAt, null, bound).getTime(), ...next));
  return { gpus, startsAt, endsAt, yielding };
}
