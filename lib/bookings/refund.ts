import type { Micros } from '#lib/base/money.ts';
import { feeOf } from '#protocol/charge.ts';

/**
 * How a refund is shared between host and platform, over the running total of refunds like a charge: refunds of a whole
 * charge in any parts give each back exactly what they got.
 */
export function refundShare(
  refundedMicros: Micros,
  micros: Micros,
  feeBasisPoints: number,
): { hostMicros: Micros; feeMicros: Micros } {
  const feeMicros = feeOf(refundedMicros + micros, feeBasisPoints) - feeOf(refundedMicros, feeBasisPoints);
  return { hostMicros: micros - feeMicros, feeMicros };
}
