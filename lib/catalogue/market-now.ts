import type { Micros } from '#lib/base/money.ts';
import { feeOf } from '#protocol/charge.ts';
import { byName, type OfferRow } from './offer.ts';
import { MONTH_HOURS } from './price-advice.ts';
import type { PriceLine } from './price-line.ts';

/** What a model costs now, and what it was like in the 30 days before. Amounts in micro-dollars. */
export type ModelNow = {
  readonly model: string;
  readonly simulated: boolean;
  /** Of the card with the least, and with the most: makers sell one model with several sizes, and hosts rebuild it. */
  readonly leastVramBytes: bigint;
  readonly vramBytes: bigint;
  /** Offers that can be booked now, and of those the cheapest; null when all are taken. */
  readonly offers: number;
  readonly fromMicros: Micros | null;
  readonly cheapestListingId: string | null;
  readonly machinesOnline: number;
  readonly gpus: number;
  readonly freeGpus: number;
  /** All tiers together; null when none of its days is written down. */
  readonly line: PriceLine | null;
  readonly past: ModelPast | null;
};

/** Of a model, all tiers together, in the 30 days before today (UTC). */
export type ModelPast = {
  readonly n: number;
  readonly p25Micros: Micros;
  readonly medianMicros: Micros;
  readonly p75Micros: Micros;
  readonly offeredGpuSeconds: bigint;
  readonly bookedGpuSeconds: bigint;
  /** Per GPU-hour that was booked on demand or reserved, on average; null when none was. */
  readonly bookedMicrosPerGpuHour: Micros | null;
};

/** Less offered time, or less of it booked, says nothing of what a card earns. */
export const LEAST_EARNING_GPU_DAYS = 30;
const LEAST_BOOKED_GPU_DAYS = 1;

/** What one GPU of a model earned its host on average, and of what that follows. */
export type CardEarnings = {
  readonly bookedBasisPoints: number;
  readonly bookedMicrosPerGpuHour: Micros;
  /** After the market's fee, before power. */
  readonly netMicrosPerMonth: Micros;
};

/** Net per GPU and month of 720 hours, at the share and the price that were booked; null where too little was offered or booked. */
export function cardEarnings(past: ModelPast | null, feeBasisPoints: number): CardEarnings | null {
  if (past === null || past.bookedMicrosPerGpuHour === null) return null;
  if (past.offeredGpuSeconds < BigInt(LEAST_EARNING_GPU_DAYS) * 86_400n) return null;
  if (past.bookedGpuSeconds < BigInt(LEAST_BOOKED_GPU_DAYS) * 86_400n) return null;
  const { bookedMicrosPerGpuHour, bookedGpuSeconds, offeredGpuSeconds } = past;
  const gross = (bookedMicrosPerGpuHour * BigInt(MONTH_HOURS) * bookedGpuSeconds) / offeredGpuSeconds;
  return {
    bookedBasisPoints: Number((bookedGpuSeconds * 10_000n) / offeredGpuSeconds),
    bookedMicrosPerGpuHour,
    netMicrosPerMonth: gross - feeOf(gross, feeBasisPoints),
  };
}

/** The offers of this moment by model, recordings apart from real machines; real ones first, then by name. */
export function modelsOf(
  offers: readonly OfferRow[],
  lines: readonly PriceLine[],
  pasts: ReadonlyMap<string, ModelPast>,
): ModelNow[] {
  const models = new Map<string, ModelNow>();
  for (const offer of offers) {
    if (offer.trust === 'new') continue;
    const key = modelKey({ model: offer.gpuModel, simulated: offer.simulated });
    const before = models.get(key);
    const free = offer.freeGpus >= offer.minGpus;
    const price = offer.priceMicrosPerGpuHour;
    const cheapest = free && (before?.fromMicros == null || price < before.fromMicros);
    models.set(key, {
      model: offer.gpuModel,
      simulated: offer.simulated,
      leastVramBytes:
        before === undefined || offer.vramBytes < before.leastVramBytes ? offer.vramBytes : before.leastVramBytes,
      vramBytes: before === undefined || offer.vramBytes > before.vramBytes ? offer.vramBytes : before.vramBytes,
      offers: (before?.offers ?? 0) + (free ? 1 : 0),
      fromMicros: cheapest ? price : (before?.fromMicros ?? null),
      cheapestListingId: cheapest ? offer.listingId : (before?.cheapestListingId ?? null),
      machinesOnline: (before?.machinesOnline ?? 0) + (offer.health === 'offline' ? 0 : 1),
      gpus: (before?.gpus ?? 0) + offer.gpuCount,
      freeGpus: (before?.freeGpus ?? 0) + offer.freeGpus,
      line: before === undefined ? lineOf(lines, offer) : before.line,
      past: pasts.get(key) ?? null,
    });
  }
  return [...models.values()].sort(
    (a, b) => Number(a.simulated) - Number(b.simulated) || byName([a.model, null], [b.model, null]),
  );
}

function lineOf(lines: readonly PriceLine[], { gpuModel, simulated }: OfferRow): PriceLine | null {
  return lines.find((line) => line.model === gpuModel && line.simulated === simulated) ?? null;
}

export function modelKey({ model, simulated }: { readonly model: string; readonly simulated: boolean }): string {
  return `${simulated ? 'simulated' : 'real'} ${model}`;
}
