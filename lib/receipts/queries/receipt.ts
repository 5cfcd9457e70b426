import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { toHex } from '#protocol/base64.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { formatProof } from '#protocol/log-proof.ts';
import { inclusionPath } from '#protocol/log-tree.ts';
import { perfectRoots, signedHead } from './log.ts';

/** A statement and the proof that it is in the public log. */
export type Receipt = {
  readonly payload: string;
  readonly signature: string;
  readonly salt: string;
  readonly index: number;
  /** The 32 bytes that stand in the log, hex: SHA-256 over kind, salt, signature and text (see protocol/log-entry.ts). */
  readonly entry: string;
  /** A text file that stands alone: https://c2sp.org/tlog-proof. */
  readonly proof: string;
  /** That the renter's client agreed to it, or to a later one of its chain; null: the host alone signed. */
  readonly countersignature: { readonly payload: string; readonly signature: string; readonly key: string } | null;
};

/** The receipt of a statement, for the renter, the host or staff; null while it is not in the log yet. What is not theirs is not found. */
export async function receiptOf(actor: Actor, bookingId: string, sequence: number): Promise<Receipt | null> {
  const own = actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] };
  const statement = await db.statementRecord.findFirst({
    where: { sequence, lease: { booking: { id: bookingId, ...own } } },
    select: { leaseId: true, payload: true, signature: true },
  });
  if (statement === null) throw new Refusal('notFound');
  const { leaseId, ...signed } = statement;
  const countersignature = await db.countersignature.findFirst({
    where: { leaseId, sequence: { gte: sequence } },
    select: { payload: true, signature: true, key: true },
  });
  const row = await db.logEntry.findUnique({ where: { leaseId_sequence: { leaseId, sequence } } });
  const head = await signedHead();
  if (row === null || head === null) return null;
  const index = Number(row.index);
  const path = await inclusionPath(sha256Bytes, perfectRoots(head.size), index, head.size);
  const proof = formatProof({ index, path, checkpoint: head.note });
  return { ...signed, salt: row.salt, index, entry: toHex(row.entry), proof, countersignature };
}
