import { fromBase64url, toBytes } from './base64.ts';
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
export function entryOf(sha256: Sha256, { kind, salt, payload, signature }: LogRecord): Uint8Array | null {
  if (fromBase64url(salt)?.length !== (kind === 'key' ? 0 : SALT_BYTES)) return null;
  return sha256(toBytes(`sublet/log/${kind}/v1\n${salt}\n${signature}\n${payload}`));
}
