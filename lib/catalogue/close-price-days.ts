import { addDays, type Day, dayStart } from '#lib/base/day.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { groupKey, type PriceGroup } from './price-band.ts';
import { cellsOf, mergeCells, type PriceCell } from './price-day.ts';
import { forgetMarketNow } from './queries/market-now.ts';
import { forgetPriceBands } from './queries/price-bands.ts';
import { daysToClose, pricedListings } from './queries/priced-listings.ts';

type Facts = PriceGroup & { readonly cells: readonly PriceCell[] };

/**
 * Sweep: writes down, for each day (UTC) that is over, at which prices each model and trust tier was offered and how much of
 * it was booked. A day is written once and never changed; days that were missed are made up for, up to 90 of them, from what
 * the database knows of prices, offers and rentals then. Answers how many days.
 */
export async function closePriceDays(world: World = theWorld): Promise<number> {
  const now = world.now();
  const days = await daysToClose(now);
  const facts = await factsOf(days);
  let closed = 0;
  for (const day of days)
    if (await inTransaction('close price day', (tx) => closeDay(tx, day, facts.get(day) ?? [], now))) closed += 1;
  if (closed > 0) {
    forgetPriceBands();
    forgetMarketNow();
  }
  return closed;
}

async function factsOf(days: readonly Day[]): Promise<Map<Day, readonly Facts[]>> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const groups = new Map<Day, Map<string, Facts>>(days.map((day) => [day, new Map()]));
  for await (const listings of pricedListings(dayStart(first), dayStart(addDays(last, 1))))
    for (const [day, ofDay] of groups) {
      const until = dayStart(addDays(day, 1));
      const lists = new Map<string, { group: PriceGroup; cells: (readonly PriceCell[])[] }>();
      for (const listing of listings) {
        const cells = cellsOf(listing, dayStart(day), until);
        if (cells.length === 0) continue;
        const group = listing.groupAt(until);
        const list = lists.get(groupKey(group)) ?? { group, cells: [] };
        list.cells.push(cells);
        lists.set(groupKey(group), list);
      }
      for (const [key, { group, cells }] of lists)
        ofDay.set(key, { ...group, cells: mergeCells([ofDay.get(key)?.cells ?? [], ...cells]) });
    }
  return new Map([...groups].map(([day, ofDay]) => [day, [...ofDay.values()]]));
}

/** False when somebody else wrote it down. */
async function closeDay(tx: Tx, day: Day, facts: readonly Facts[], now: Date): Promise<boolean> {
  const fresh = await tx.$executeRaw`
    INSERT INTO price_days (day, closed_at) VALUES (${day}::date, ${now}::timestamptz) ON CONFLICT DO NOTHING`;
  if (fresh === 0) return false;
  await tx.priceFact.createMany({
    data: facts.map(({ cells, model, tier, simulated }) => ({
      day: dayStart(day),
      ...{ model, tier, simulated },
      prices: cells.map((cell) => cell.priceMicrosPerGpuHour),
      listings: cells.map((cell) => cell.listings),
      offeredGpuSeconds: cells.map((cell) => cell.offeredGpuSeconds),
      bookedGpuSeconds: cells.map((cell) => cell.bookedGpuSeconds),
    })),
  });
  return true;
}
