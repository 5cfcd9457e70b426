import * as z from 'zod';
import type { Micros } from '#lib/base/money.ts';
import type { Cancellation } from '#lib/catalogue/cancellation.ts';
import { diskCharge, feeOf, gpuCharge } from '#protocol/charge.ts';

/** A quote is kept this long. */
export const QUOTE_SECONDS = 5 * 60;
/** On demand, without an end of the renter's, a GPU is taken for at most this long; it can be moved while the GPU is free. */
export const ON_DEMAND_SECONDS = 30 * 86_400;
export const SHORTEST_SECONDS = 5 * 60;
/** The hold that is aimed at, and the least that a rental begins with, in seconds of cost. */
export const HOLD_SECONDS = 24 * 3_600;
export const LEAST_HOLD_SECONDS = 3_600;
/** A rental that stops because its money, its cap or its window ended keeps its disk this long. The price of it is held from the beginning. */
export const DISK_KEPT_SECONDS = 24 * 3_600;
/** A rental that its renter stopped keeps its disk this long, if the money for it lasts. */
export const STOPPED_SECONDS = 30 * 86_400;
/** A host who breaks off a rental gives this much notice, unbilled: of a running one, and of a stopped one whose disk is kept. */
export const HOST_NOTICE_SECONDS = 3_600;
export const HOST_NOTICE_STOPPED_SECONDS = 24 * 3_600;

export const LEAST_DISK_BYTES = 2n ** 30n;
export const MOST_DISK_BYTES = 16n * 2n ** 40n;
export const USUAL_DISK_BYTES = 16n * 2n ** 30n;

/** What a rental costs and gets, frozen when it is quoted. Later edits of the listing do not touch it. */
export type Terms = {
  readonly priceMicrosPerGpuHour: Micros;
  readonly diskPriceMicrosPerGibMonth: Micros;
  /** The platform's share of what the renter pays: 100 are 1 %. */
  readonly feeBasisPoints: number;
  readonly gpuCount: number;
  readonly gpuModel: string;
  readonly diskBytes: bigint;
  readonly limits: { readonly cpuMillis: number; readonly memoryBytes: bigint; readonly pids: number };
  /** Of a reserved window: what giving it back costs. */
  readonly cancellation?: Cancellation;
  /** Of what is rented on demand: maintenance that was announced so long before ends it. Without it, none does. */
  readonly maintenanceNoticeSeconds?: number;
};

const decimal = z.string().regex(/^\d{1,30}$/);
const stored = z.object({
  v: z.literal(1),
  priceMicrosPerGpuHour: decimal,
  diskPriceMicrosPerGibMonth: decimal,
  feeBasisPoints: z.number().int(),
  gpuCount: z.number().int(),
  gpuModel: z.string(),
  diskBytes: decimal,
  limits: z.object({ cpuMillis: z.number().int(), memoryBytes: decimal, pids: z.number().int() }),
  cancellation: z.object({ freeSeconds: z.number().int(), shareBasisPoints: z.number().int() }).optional(),
  maintenanceNoticeSeconds: z.number().int().optional(),
});

/** Terms as they are stored: amounts as decimal text. Reads back with {@link readTerms}. */
export function storeTerms(terms: Terms): z.infer<typeof stored> {
  return {
    v: 1,
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour.toString(),
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth.toString(),
    feeBasisPoints: terms.feeBasisPoints,
    gpuCount: terms.gpuCount,
    gpuModel: terms.gpuModel,
    diskBytes: terms.diskBytes.toString(),
    limits: { ...terms.limits, memoryBytes: terms.limits.memoryBytes.toString() },
    ...rulesOf(terms),
  };
}

/** Terms from what {@link storeTerms} made; anything else is a bug and throws. */
export function readTerms(json: unknown): Terms {
  const read = stored.parse(json);
  return {
    priceMicrosPerGpuHour: BigInt(read.priceMicrosPerGpuHour),
    diskPriceMicrosPerGibMonth: BigInt(read.diskPriceMicrosPerGibMonth),
    feeBasisPoints: read.feeBasisPoints,
    gpuCount: read.gpuCount,
    gpuModel: read.gpuModel,
    diskBytes: BigInt(read.diskBytes),
    limits: { ...read.limits, memoryBytes: BigInt(read.limits.memoryBytes) },
    ...rulesOf(read),
  };
}

function rulesOf({
  cancellation,
  maintenanceNoticeSeconds,
}: {
  cancellation?: Cancellation | undefined;
  maintenanceNoticeSeconds?: number | undefined;
}) {
  return {
    ...(cancellation === undefined ? {} : { cancellation }),
    ...(maintenanceNoticeSeconds === undefined ? {} : { maintenanceNoticeSeconds }),
  };
}

/** The prices of terms: all that a charge needs. */
export type Prices = Pick<Terms, 'priceMicrosPerGpuHour' | 'diskPriceMicrosPerGibMonth' | 'feeBasisPoints'>;

/** What was used, as running totals. */
export type Usage = { readonly gpuSeconds: bigint; readonly diskByteSeconds: bigint };

/** What usage costs the renter, in micro-dollars, fee included. */
export function chargeFor(prices: Prices, usage: Usage): Micros {
  return (
    gpuCharge(prices.priceMicrosPerGpuHour, usage.gpuSeconds) +
    diskCharge(prices.diskPriceMicrosPerGibMonth, usage.diskByteSeconds)
  );
}

/** What it costs to run for so many seconds, GPUs and disk. */
export function runningCost(terms: Terms, seconds: number): Micros {
  const whole = BigInt(seconds);
  return chargeFor(terms, { gpuSeconds: BigInt(terms.gpuCount) * whole, diskByteSeconds: terms.diskBytes * whole });
}

/** What it costs to keep the disk of a stopped rental for so many seconds. */
export function stoppedCost(terms: Terms, seconds: number): Micros {
  return chargeFor(terms, { gpuSeconds: 0n, diskByteSeconds: terms.diskBytes * BigInt(seconds) });
}

/** What is held beyond the ceiling, so that a rental that ran out of money keeps its disk for the stated time. */
export function diskReserve(terms: Terms): Micros {
  const cost = stoppedCost(terms, DISK_KEPT_SECONDS);
  // Two floors of one running total can lie one apart.
  return cost === 0n ? 0n : cost + 1n;
}

/** How a charge is shared: the host's part and the platform's add up to it. */
export function shareOf(chargedMicros: Micros, feeBasisPoints: number): { hostMicros: Micros; feeMicros: Micros } {
  const feeMicros = feeOf(chargedMicros, feeBasisPoints);
  return { hostMicros: chargedMicros - feeMicros, feeMicros };
}

/** What a rental of some of a machine's GPUs may use of the rest of it: the same share, and a tenth of the memory stays with the host. */
export function limitsFor(
  machine: { readonly cpuThreads: number; readonly memoryBytes: number; readonly gpuCount: number },
  gpuCount: number,
): Terms['limits'] {
  const share = gpuCount / Math.max(1, machine.gpuCount);
  return {
    cpuMillis: Math.max(100, Math.floor(machine.cpuThreads * 1_000 * share)),
    memoryBytes: BigInt(Math.floor(machine.memoryBytes * 0.9 * share)),
    pids: 4_096,
  };
}
