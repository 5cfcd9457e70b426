import type { Actor } from '#lib/base/actor.ts';
import { MICROS_PER_DOLLAR, type Micros } from '#lib/base/money.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { DemoAccounts } from './accounts.ts';
import { between, chance } from './chance.ts';
import { OF_THE_DEMO_HOST, type PlayedMachine } from './machines.ts';
import { type MarketOffer, marketOffers } from './offers.ts';
import { pastPrices } from './past-prices.ts';
import { forgetOldNews, playRental, prepareRenter } from './played-rental.ts';

/** Rentals reach back for a little more than prices are compared over. */
const RENTED_DAYS = 33;
const STATEMENT_HOURS = 24;
/** A model of which less is offered has too little of a market to say what is booked at which price. */
const LEAST_ALIKE = 3;

type Rental = { readonly at: Date; readonly statements: number; readonly gpuCount: number };
type Listing = {
  readonly id: string;
  readonly machineId: string;
  readonly hostId: string;
  readonly minGpus: number;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly endsAt: Date | null;
  readonly publishedAt: Date | null;
  readonly _count: { readonly prices: number };
};

/**
 * Gives the simulated machines a past, once: their hosts changed prices, and a simulated renter rented many of them, the cheaper
 * ones more. All of it goes through the commands of the product with a clock that is set back; what machines state is signed
 * with their own keys, once a day. So what the market says of its prices and of how much is booked is counted, not written down.
 */
export async function pastMarket(accounts: DemoAccounts, machines: readonly PlayedMachine[], now: Date): Promise<void> {
  const ids = machines.map(({ machineId }) => machineId);
  // What answered once has a life of its own, and its past stays as it was.
  if ((await db.machine.count({ where: { id: { in: ids }, lastSyncAt: { not: null } } })) > 0) return;
  const offers = marketOffers();
  const listings = new Map(
    (
      await db.listing.findMany({
        where: { machineId: { in: ids } },
        include: { _count: { select: { prices: true } } },
      })
    ).map((listing) => [listing.machineId, listing]),
  );
  const rent = env().gateways.length > 0 && (await firstTime(accounts.pastRenter, now));
  for (const [at, offer] of offers.entries()) {
    const played = machines[at];
    const listing = played === undefined ? undefined : listings.get(played.machineId);
    if (played === undefined || listing === undefined || listing.publishedAt === null) continue;
    const rentals = rent && !OF_THE_DEMO_HOST.includes(offer.index) ? rentalsOf(offer, offers, listing, now) : [];
    await live(accounts, offer, { played, listing }, rentals, now);
  }
  await db.machine.updateMany({ where: { id: { in: ids } }, data: { lastSyncAt: null } });
  await forgetOldNews(now);
}

async function firstTime(renter: Actor, now: Date): Promise<boolean> {
  const before = { renterId: renter.userId, idempotencyKey: { startsWith: 'demo-market-' } };
  if ((await db.booking.count({ where: before })) > 0) return false;
  const since = new Date(now.getTime() - (RENTED_DAYS + 1) * DAY);
  await prepareRenter(renter, 400_000n * MICROS_PER_DOLLAR, since, ':market');
  return true;
}

/** Its changes of price and its rentals, in the order in which they happened. */
async function live(
  accounts: DemoAccounts,
  offer: MarketOffer,
  place: { readonly played: PlayedMachine; readonly listing: Listing },
  rentals: readonly Rental[],
  now: Date,
): Promise<void> {
  const { listing } = place;
  const host: Actor = { userId: listing.hostId, sessionId: 'seed', role: 'member', suspended: false };
  const [, ...changes] = listing._count.prices > 1 ? [] : pastPrices(offer, listing.publishedAt ?? now, now);
  const steps = [
    ...changes.map((change) => ({ at: change.at, change })),
    ...rentals.map((rental) => ({ at: rental.at, rental })),
  ];
  for (const step of steps.toSorted((a, b) => a.at.getTime() - b.at.getTime()))
    if ('change' in step)
      await saveListing(
        host,
        {
          machineId: listing.machineId,
          price: step.change.priceMicrosPerGpuHour,
          diskPrice: listing.diskPriceMicrosPerGibMonth,
          ...{ minGpus: listing.minGpus, endsAt: listing.endsAt },
        },
        { now: () => step.at },
      );
    else await rent(accounts.pastRenter, offer, place, step.rental);
}

async function rent(
  renter: Actor,
  offer: MarketOffer,
  { played, listing }: { readonly played: PlayedMachine; readonly listing: Listing },
  { at, statements, gpuCount }: Rental,
): Promise<void> {
  const hours = BigInt(statements * STATEMENT_HOURS + 48);
  await playRental(
    renter,
    { listingId: listing.id, gpuCount, played },
    {
      name: 'training (simulated)',
      key: `demo-market-${offer.index}-${at.getTime()}`,
      ...{ at, statements },
      statementSeconds: (STATEMENT_HOURS * HOUR) / 1_000,
      // Room for an earlier price that was higher.
      capMicros: 2n * offer.priceMicrosPerGpuHour * BigInt(gpuCount) * hours + 100n * MICROS_PER_DOLLAR,
    },
  );
}

/** The made-up rental of an offer, if it has one; the dearer an offer is among its kind, the shorter it is. */
function rentalsOf(offer: MarketOffer, offers: readonly MarketOffer[], listing: Listing, now: Date): Rental[] {
  const { index } = offer;
  const alike = offers.filter(({ model }) => model === offer.model);
  if (alike.length < LEAST_ALIKE) return [];
  const cheaper = alike.filter(({ priceMicrosPerGpuHour }) => priceMicrosPerGpuHour < offer.priceMicrosPerGpuHour);
  const begun = Math.max((listing.publishedAt ?? now).getTime() + HOUR, now.getTime() - RENTED_DAYS * DAY);
  const room = Math.floor((now.getTime() - begun) / DAY) - 1;
  const share = (1 - cheaper.length / alike.length) * 0.65 + 0.35 * chance(index, 'lasts');
  const statements = Math.floor(room * share);
  if (statements < 1) return [];
  const at = begun + between(index, 'wait', 0, (room - statements) * 24) * HOUR;
  const least = Math.max(listing.minGpus, Math.ceil(offer.gpuCount / 2));
  return [{ at: new Date(at), statements, gpuCount: between(index, 'GPUs', least, offer.gpuCount) }];
}
