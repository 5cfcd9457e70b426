import type { Micros } from '#lib/base/money.ts';
import {
  type Interval,
  intervalOf,
  lengthOf,
  overlapOf,
  type Span,
  unionOf,
  withoutIntervals,
} from '#lib/base/spans.ts';

/** What was offered at one price: how many listings had it as their price of the day, and time of GPUs in seconds. */
export type PriceCell = {
  readonly priceMicrosPerGpuHour: Micros;
  readonly listings: number;
  readonly offeredGpuSeconds: bigint;
  readonly bookedGpuSeconds: bigint;
};

/** From an instant on, until the next. */
export type PriceSince = { readonly since: Date; readonly priceMicrosPerGpuHour: Micros };

/** What is known of one listing when a day is written down. */
export type PricedListing = {
  /** Oldest first; the first also holds before its instant. */
  readonly prices: readonly PriceSince[];
  /** When it was published and its hours were open. */
  readonly offers: readonly Span[];
  readonly gpus: readonly {
    readonly presentFrom: Date;
    /** Null while it is still there. */
    readonly presentUntil: Date | null;
    /** On demand or reserved, at the price that was agreed; no two of a GPU overlap. */
    readonly booked: readonly (Span & { readonly priceMicrosPerGpuHour: Micros })[];
  }[];
};

/**
 * What one listing adds to the facts of a span of time, by price: its GPUs are booked at the price that was agreed, and idle at
 * the price that was asked. Its price of the day is the one at which it was offered for longest (of equals the lower); a listing
 * that was not offered has none. An interruptible rental is idle time here: who books on demand has the GPU.
 */
export function cellsOf(listing: PricedListing, from: Date, until: Date): PriceCell[] {
  const [start, end] = [from.getTime(), until.getTime()];
  const offered = unionOf(listing.offers.map(intervalOf), start, end);
  const asked = askedSpans(listing.prices, start, end);
  const cells = new Map<Micros, { offeredMs: number; bookedMs: number }>();
  const add = (price: Micros, offeredMs: number, bookedMs: number) => {
    const cell = cells.get(price) ?? { offeredMs: 0, bookedMs: 0 };
    cells.set(price, { offeredMs: cell.offeredMs + offeredMs, bookedMs: cell.bookedMs + bookedMs });
  };
  for (const gpu of listing.gpus) {
    const present: Interval = [
      Math.max(start, gpu.presentFrom.getTime()),
      Math.min(end, gpu.presentUntil?.getTime() ?? end),
    ];
    if (present[1] <= present[0]) continue;
    for (const rental of gpu.booked) {
      const length = lengthOf(unionOf([intervalOf(rental)], ...present));
      if (length > 0) add(rental.priceMicrosPerGpuHour, length, length);
    }
    const booked = unionOf(gpu.booked.map(intervalOf), ...present);
    const idle = withoutIntervals(unionOf(offered, ...present), booked);
    for (const { price, span } of asked) {
      const length = overlapOf(idle, [span]);
      if (length > 0) add(price, length, 0);
    }
  }
  const ofTheDay = priceOfTheDay(offered, asked);
  if (ofTheDay !== null && listing.gpus.length > 0) add(ofTheDay, 0, 0);
  return [...cells].map(([priceMicrosPerGpuHour, { offeredMs, bookedMs }]) => ({
    priceMicrosPerGpuHour,
    listings: priceMicrosPerGpuHour === ofTheDay ? 1 : 0,
    offeredGpuSeconds: BigInt(Math.floor(offeredMs / 1_000)),
    bookedGpuSeconds: BigInt(Math.floor(bookedMs / 1_000)),
  }));
}

type Asked = { readonly price: Micros; readonly span: Interval };

function askedSpans(prices: readonly PriceSince[], start: number, end: number): Asked[] {
  return prices.flatMap(({ since, priceMicrosPerGpuHour: price }, at) => {
    const from = at === 0 ? start : Math.max(start, since.getTime());
    const until = Math.min(end, prices[at + 1]?.since.getTime() ?? end);
    return until > from ? [{ price, span: [from, until] as const }] : [];
  });
}

function priceOfTheDay(offered: readonly Interval[], asked: readonly Asked[]): Micros | null {
  const lengths = new Map<Micros, number>();
  for (const { price, span } of asked) lengths.set(price, (lengths.get(price) ?? 0) + overlapOf(offered, [span]));
  const [longest] = [...lengths]
    .filter(([, length]) => length > 0)
    .sort(([a, long], [b, other]) => other - long || (a < b ? -1 : 1));
  return longest?.[0] ?? null;
}

/** Cells of several listings or days as one list: one a price, the cheapest first. */
export function mergeCells(lists: readonly (readonly PriceCell[])[]): PriceCell[] {
  const merged = new Map<Micros, PriceCell>();
  for (const cell of lists.flat()) {
    const before = merged.get(cell.priceMicrosPerGpuHour);
    merged.set(
      cell.priceMicrosPerGpuHour,
      before === undefined
        ? cell
        : {
            priceMicrosPerGpuHour: cell.priceMicrosPerGpuHour,
            listings: before.listings + cell.listings,
            offeredGpuSeconds: before.offeredGpuSeconds + cell.offeredGpuSeconds,
            bookedGpuSeconds: before.bookedGpuSeconds + cell.bookedGpuSeconds,
          },
    );
  }
  return [...merged.values()].sort((a, b) => (a.priceMicrosPerGpuHour < b.priceMicrosPerGpuHour ? -1 : 1));
}
