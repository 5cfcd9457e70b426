import type { Micros } from '#lib/base/money.ts';
import type { Terms } from '#lib/bookings/terms.ts';
import type { CreditRecord, KeyRecord, TermsRecord } from '#protocol/log-entry.ts';

/** The name of a log whose market is at an address: that address without its scheme, and `/log`. */
export function logOrigin(publicUrl: string): string {
  return `${publicUrl.replace(/^[a-z]+:\/\//, '').replace(/\/+$/, '')}/log`;
}

/** The exact text of a key's record. */
export function keyRecord(role: KeyRecord['role'], machineId: string | null, key: string): string {
  return JSON.stringify({ v: 1, role, machineId, key } satisfies KeyRecord);
}

/** The exact text of a rental's terms. */
export function termsRecord(
  booking: {
    readonly id: string;
    readonly machineId: string;
    readonly createdAt: Date;
    readonly terms: Terms;
    readonly clientKeys: readonly string[];
  },
  leaseId: string,
): string {
  const { terms } = booking;
  return JSON.stringify({
    v: 1,
    leaseId,
    bookingId: booking.id,
    machineId: booking.machineId,
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour.toString(),
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth.toString(),
    feeBasisPoints: terms.feeBasisPoints,
    gpuCount: terms.gpuCount,
    diskBytes: terms.diskBytes.toString(),
    bookedAt: booking.createdAt.toISOString(),
    ...(terms.cancellation === undefined ? {} : { cancellation: { ...terms.cancellation } }),
    clientKeys: booking.clientKeys,
  } satisfies TermsRecord);
}

/** A transfer that is a part of a credit. */
export type CreditPart = {
  readonly id: string;
  readonly kind: string;
  readonly amountMicros: Micros;
  readonly reason: string | null;
  readonly createdAt: Date;
  /** The dispute that it follows from, if one. */
  readonly causeId: string | null;
};

/** The exact text of a credit: the parts that host and platform gave back, at least one. */
export function creditRecord(leaseId: string, reference: string, parts: readonly CreditPart[]): string {
  const sum = (kind: string) =>
    parts.filter((part) => part.kind === kind).reduce((total, part) => total + part.amountMicros, 0n);
  const [hostMicros, feeMicros] = [sum('refund'), sum('feeRefund')];
  return JSON.stringify({
    v: 1,
    leaseId,
    reference,
    micros: (hostMicros + feeMicros).toString(),
    hostMicros: hostMicros.toString(),
    feeMicros: feeMicros.toString(),
    reason: parts.find((part) => part.reason !== null)?.reason ?? '',
    evidence: [...new Set(parts.flatMap(({ id, causeId }) => (causeId === null ? [id] : [id, causeId])))].sort(),
    at: (parts[0] as CreditPart).createdAt.toISOString(),
  } satisfies CreditRecord);
}
