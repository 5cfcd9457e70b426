import { machineHealth, TRUST_TIERS, type TrustTier } from '#lib/catalogue/machine.ts';
import type { OfferRow, OffersFound, Ranking } from '#lib/catalogue/offer.ts';
import { GPU_COUNTS, type SearchAsk } from '#lib/catalogue/search.ts';
import { Agenda } from './agenda.ts';
import { Columns, type Dictionary } from './columns.ts';
import { jobKeys } from './job-keys.ts';
import { freeUntil, type KeptListing, nextFreeAt, standingAt } from './kept-listing.ts';
import { PriceOrder } from './price-order.ts';
import { byPrice, pageOf } from './rank.ts';
import { scan } from './scan.ts';

/**
 * The listings of the market in the memory of one process, answering as `queries/find-offers.ts` does. It knows nothing of
 * databases: somebody tells it what changed ({@link put}, {@link remove}, {@link seen}) and what time it is. What follows from the time
 * (online, ended, free, reliable) is written into columns together with the first instant at which it may be otherwise; those that are
 * due are judged again before each answer, so an answer is exact at its instant. Time only goes forward.
 */
export class ListingIndex {
  readonly #columns = new Columns();
  readonly #prices = new PriceOrder(byPrice(this.#columns));
  readonly #agenda = new Agenda();
  readonly #rowOf = new Map<string, number>();
  #found = new Int32Array(0);
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** The instant that it was last brought to. */
  get now(): number {
    return this.#now;
  }

  get size(): number {
    return this.#rowOf.size;
  }

  /** Takes in listings that are new or changed, each machine once. */
  put(listings: readonly KeptListing[]): void {
    const moved = listings.filter(({ machineId, listingId, priceMicrosPerGpuHour }) => {
      const before = this.#columns.listings[this.#rowOf.get(machineId) ?? -1];
      return before?.listingId !== listingId || before.priceMicrosPerGpuHour !== priceMicrosPerGpuHour;
    });
    this.#prices.remove(moved.flatMap(({ machineId }) => this.#rowOf.get(machineId) ?? []));
    for (const listing of listings) {
      const row = this.#columns.fill(this.#rowOf.get(listing.machineId), listing);
      this.#rowOf.set(listing.machineId, row);
      this.#judge(row);
    }
    this.#prices.add(moved.map(({ machineId }) => this.#rowOf.get(machineId) as number));
  }

  /** Forgets the listings of these machines, known or not. */
  remove(machineIds: readonly string[]): void {
    const known = [...new Set(machineIds)].filter((machineId) => this.#rowOf.has(machineId));
    const rows = known.map((machineId) => this.#rowOf.get(machineId) as number);
    this.#prices.remove(rows);
    for (const row of rows) this.#columns.vacate(row);
    for (const machineId of known) this.#rowOf.delete(machineId);
  }

  /** A sign of life; an earlier one than is known says nothing. */
  seen(machineId: string, at: number): void {
    const row = this.#rowOf.get(machineId);
    if (row === undefined || at <= (this.#columns.lastSyncAt[row] as number)) return;
    this.#columns.lastSyncAt[row] = at;
    // One that is offered looks at its sign of life when its time comes.
    if (!this.#columns.offered.has(row)) this.#judge(row);
  }

  /** Judges again whatever is due at `now`. */
  advance(now: number): void {
    if (now <= this.#now) return;
    this.#now = now;
    while (this.#agenda.next <= now) {
      const time = this.#agenda.next;
      const row = this.#agenda.take();
      // An entry of an earlier judgement says nothing any more.
      if (this.#columns.until[row] === time) this.#judge(row);
    }
    if (this.#agenda.size > 4 * this.size + 1_024) this.#planAnew();
  }

  /** As `findOffers`, at `now` or at the instant that the index has reached, whichever is later. */
  find(
    viewer: { readonly userId: string } | null,
    ask: SearchAsk,
    ranking: Ranking,
    page: { readonly take: number; readonly skip: number },
    now: number,
  ): OffersFound {
    this.advance(now);
    const columns = this.#columns;
    const words = columns.offered.words.length;
    if (this.#found.length !== words) this.#found = new Int32Array(words);
    const left = 'near' in ranking ? this.#rowOfListing(ranking.near) : undefined;
    const counts = scan(columns, ask, left, this.#found);
    // The offer that others are to be near to is not among them: where it alone has a value, nobody offers that.
    const lost = left !== undefined && columns.offered.has(left) ? left : undefined;
    const but = (column: Uint32Array) => (lost === undefined ? undefined : column[lost]);
    const keys = jobKeys(columns, this.#found, ask, ranking);
    const rows = pageOf(columns, this.#found, counts.total, this.#prices.rows, ranking, page, keys);
    return {
      total: counts.total,
      offered: counts.offered,
      leftOut: counts.leftOut,
      gained: counts.gained,
      models: choices(columns.models, counts.models, but(columns.model)).map(([model, offers]) => ({ model, offers })),
      countries: choices(columns.countries, counts.countries, but(columns.country)).map(([country, offers]) => ({
        country,
        offers,
      })),
      gpuCounts: GPU_COUNTS.map((count, at) => ({ count, offers: counts.gpus[at] as number })),
      tiers: Object.fromEntries(TRUST_TIERS.map((tier, at) => [tier, counts.tiers[at]])) as Record<TrustTier, number>,
      rows: rows.map((row) => this.#offerRow(row, viewer, ask.gpus)),
    };
  }

  #judge(row: number): void {
    const { listings, lastSyncAt } = this.#columns;
    const standing = standingAt(listings[row] as KeptListing, lastSyncAt[row] as number, this.#now);
    this.#columns.judge(row, standing);
    this.#agenda.put(row, standing.until);
  }

  #planAnew(): void {
    this.#agenda.clear();
    for (const row of this.#rowOf.values()) this.#agenda.put(row, this.#columns.until[row] as number);
  }

  #rowOfListing({ listingId, machineId }: { readonly listingId: string; readonly machineId: string }) {
    const row = this.#rowOf.get(machineId);
    return row !== undefined && this.#columns.listings[row]?.listingId === listingId ? row : undefined;
  }

  #offerRow(row: number, viewer: { readonly userId: string } | null, gpus: number | null): OfferRow {
    const columns = this.#columns;
    const listing = columns.listings[row] as KeptListing;
    const points = columns.points[row] as number;
    const freeAt = nextFreeAt(listing, this.#now);
    const until = freeUntil(listing, gpus ?? listing.minGpus, this.#now);
    return {
      listingId: listing.listingId,
      machineId: listing.machineId,
      machineName: listing.machineName,
      hostName: listing.hostName,
      own: viewer?.userId === listing.hostId,
      simulated: listing.simulated,
      gpuModel: listing.gpuModel,
      gpuCount: listing.gpuCount,
      freeGpus: columns.freeGpus[row] as number,
      vramBytes: BigInt(listing.vramBytes),
      priceMicrosPerGpuHour: BigInt(listing.priceMicrosPerGpuHour),
      diskPriceMicrosPerGibMonth: BigInt(listing.diskPriceMicrosPerGibMonth),
      minGpus: listing.minGpus,
      endsAt: listing.endsAt === null ? null : new Date(listing.endsAt),
      nextFreeAt: freeAt === null ? null : new Date(freeAt),
      freeUntil: until === null ? null : new Date(until),
      region: listing.region,
      country: listing.country,
      health: machineHealth(new Date(columns.lastSyncAt[row] as number), new Date(this.#now)),
      trust: TRUST_TIERS[listing.tier] as TrustTier,
      reliabilityBasisPoints: points < 0 ? null : points,
      cpuModel: listing.cpuModel,
      cpuThreads: listing.cpuThreads,
      memoryBytes: listing.memoryBytes,
      diskFreeBytes: listing.diskFreeBytes,
      networkDownBitsPerSecond: listing.networkDownBitsPerSecond,
      startMs: listing.startMs,
      publishedAt: new Date(listing.publishedAt),
    };
  }
}

/** What the market offers of a column, by name, with how many offers the search would find with each. */
function choices(dictionary: Dictionary, counts: Int32Array, but: number | undefined): [string, number][] {
  const named: [string, number][] = [];
  for (const code of dictionary.sorted) {
    const value = dictionary.values[code] as string;
    if (value !== '' && (dictionary.offered[code] as number) > (code === but ? 1 : 0))
      named.push([value, counts[code] as number]);
  }
  return named;
}
