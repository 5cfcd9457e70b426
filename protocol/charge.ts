/** The arithmetic of a bill, once: the agent stops by it, the market charges by it, anybody recomputes by it. Amounts are micro-dollars. */

export const SECONDS_PER_HOUR = 3_600n;
/** A month of disk is 30 days, so that a price per month means the same in every month. */
export const SECONDS_PER_MONTH = 2_592_000n;
export const BYTES_PER_GIB = 1_073_741_824n;

/** floor(price × GPU-seconds ÷ 3600), over a running total: bill the difference of two totals so that parts sum to the whole. */
export function gpuCharge(priceMicrosPerGpuHour: bigint, gpuSeconds: bigint): bigint {
  return (priceMicrosPerGpuHour * gpuSeconds) / SECONDS_PER_HOUR;
}

/** floor(price × byte-seconds ÷ (GiB × 30 days)), over a running total like {@link gpuCharge}. */
export function diskCharge(diskPriceMicrosPerGibMonth: bigint, diskByteSeconds: bigint): bigint {
  return (diskPriceMicrosPerGibMonth * diskByteSeconds) / (BYTES_PER_GIB * SECONDS_PER_MONTH);
}

/** The platform's share of a charge, floored, over a running total. 100 basis points are 1 %. */
export function feeOf(chargedMicros: bigint, feeBasisPoints: number): bigint {
  return (chargedMicros * BigInt(feeBasisPoints)) / 10_000n;
}
