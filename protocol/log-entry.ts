import { fromBase64url, toBytes } from './base64.ts';
import type { CancellationTerms } from './give-back.ts';
import type { Sha256 } from './sha256.ts';
import type { Signed } from './words.ts';

/**
 * What the public log has entries of. `key`: that a key belongs to a machine or to the market; its salt is empty, because
 * it is nobody's secret and everybody should find a second one. The others carry a salt that their two parties know.
 */
export const RECORD_KINDS = ['key', 'terms', 'statement', 'credit'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** 16 bytes: without them nobody can tell by trying what an entry is of. */
export const SALT_BYTES = 16;

export type LogRecord = { readonly kind: RecordKind; readonly salt: string } & Signed;

/** The 32 bytes that stand in the log for a signed record: exact text and signature, salted. Null when the salt is not one. */
export function entryOf(sha256: Sha256, record: LogRecord): Uint8Array | null {
  if (fromBase64url(record.salt)?.length !== (record.kind === 'key' ? 0 : SALT_BYTES)) return null;
  return sha256(toBytes(entryText(record)));
}

/** What an entry is the SHA-256 of. */
export function entryText({ kind, salt, payload, signature }: LogRecord): string {
  return `sublet/log/${kind}/v1\n${salt}\n${signature}\n${payload}`;
}

/** What a `key` record says, signed by the market's own key. */
export type KeyRecord = {
  readonly v: 1;
  readonly role: 'market' | 'machine';
  /** Null for the market's own, by which it signs leases, terms, credits and bills. */
  readonly machineId: string | null;
  /** Raw Ed25519, base64url. */
  readonly key: string;
};

/** What a rental costs, frozen when it was booked; amounts in micro-dollars as decimal text. Signed by the market. */
export type TermsRecord = {
  readonly v: 1;
  readonly leaseId: string;
  readonly bookingId: string;
  readonly machineId: string;
  readonly priceMicrosPerGpuHour: string;
  readonly diskPriceMicrosPerGibMonth: string;
  readonly feeBasisPoints: number;
  readonly gpuCount: number;
  readonly diskBytes: string;
  readonly bookedAt: string;
  /** Of a reserved window: what giving it back costs. Terms from before this stood in the log name none. */
  readonly cancellation?: CancellationTerms;
  /** The renter's client keys when it was booked; terms from before there were such keys name none. */
  readonly clientKeys?: readonly string[];
};

/** Money that was given back, with the evidence: the transfers that moved it, and the dispute that decided it. Signed by the market. */
export type CreditRecord = {
  readonly v: 1;
  readonly leaseId: string;
  readonly reference: string;
  /** What the renter got back: the host's part and the platform's. */
  readonly micros: string;
  readonly hostMicros: string;
  readonly feeMicros: string;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly at: string;
};
