import type { Micros } from '#lib/base/money.ts';
import type { Health, TrustTier } from './machine.ts';
import type { Filter, Sort } from './search.ts';

/** An offer as search and booking races show it. Amounts in micro-dollars, memory and disk in bytes, network in bits per second. */
export type OfferRow = {
  readonly listingId: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly hostName: string;
  readonly own: boolean;
  readonly simulated: boolean;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly freeGpus: number;
  /** Of the GPU with the least. */
  readonly vramBytes: bigint;
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  readonly minGpus: number;
  readonly endsAt: Date | null;
  /**
   * When the next GPU that is taken now comes back at the latest, null when none is taken; outside the host's hours (no GPU is
   * free then), when they begin again.
   */
  readonly nextFreeAt: Date | null;
  /**
   * Until when so many GPUs as the search asks for (or the host rents together) stay free: the end of the listing or of the host's
   * hours, or what is reserved. Null when nothing is known to come, or when they are not free now.
   */
  readonly freeUntil: Date | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly health: Health;
  readonly trust: TrustTier;
  /** Null is "new". */
  readonly reliabilityBasisPoints: number | null;
  readonly cpuModel: string;
  readonly cpuThreads: number;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
  readonly networkDownBitsPerSecond: number | null;
  /** From a pulled image to a shell, as measured on this machine of late; null before its first rental. */
  readonly startMs: number | null;
  readonly publishedAt: Date;
};

export type OffersFound = {
  readonly total: number;
  readonly rows: readonly OfferRow[];
  /** Offers of the whole market, before any filter. */
  readonly offered: number;
  /** For each filter, how many offers it leaves out, counted by itself. */
  readonly leftOut: Record<Filter, number>;
  /** For each filter, how many more offers the same search finds without it. */
  readonly gained: Record<Filter, number>;
  /**
   * What the market has, for the choices of the filters, each with how many offers the same search finds with that choice
   * in place of its own.
   */
  readonly models: readonly { readonly model: string; readonly offers: number }[];
  readonly countries: readonly { readonly country: string; readonly offers: number }[];
  readonly gpuCounts: readonly { readonly count: number; readonly offers: number }[];
  /** By tier, each by itself: a search for a least tier finds those above it too. */
  readonly tiers: Record<TrustTier, number>;
};

/** An offer to be near to: same model first, then no less memory, then the nearest price. */
export type Near = {
  readonly listingId: string;
  readonly machineId: string;
  readonly gpuModel: string;
  readonly vramBytes: bigint;
  readonly priceMicrosPerGpuHour: Micros;
};

export type Ranking = { readonly by: Sort } | { readonly near: Near };

/** The order of the choices of a filter: by name, numbers in it by their value. */
export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return NAMES.compare(a, b);
}
const NAMES = new Intl.Collator('en', { numeric: true });
