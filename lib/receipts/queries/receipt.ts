import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { fromHex, toBase64url, toHex } from '#protocol/base64.ts';
import { readCountersignature } from '#protocol/countersignature.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { formatProof } from '#protocol/log-proof.ts';
import { inclusionPath } from '#protocol/log-tree.ts';
import type { Agreed, Receipt } from '#protocol/receipt.ts';
import { perfectRoots, signedHead } from './log.ts';

/** A receipt, and where its entry stands in the log. */
export type FoundReceipt = {
  readonly receipt: Receipt;
  readonly index: number;
  /** The 32 bytes that stand in the log, hex: SHA-256 over kind, salt, signature and text (see protocol/log-entry.ts). */
  readonly entry: string;
};

/** The receipt of a statement, for the renter, the host or staff; null while it is not in the log yet. What is not theirs is not found. */
export async function receiptOf(actor: Actor, bookingId: string, sequence: number): Promise<FoundReceipt | null> {
  const own = actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] };
  const statement = await db.statementRecord.findFirst({
    where: { sequence, lease: { booking: { id: bookingId, ...own } } },
    select: { leaseId: true, payload: true, signature: true },
  });
  if (statement === null) throw new Refusal('notFound');
  const { leaseId, ...signed } = statement;
  const agreed = await agreedFrom(leaseId, sequence);
  const row = await db.logEntry.findUnique({ where: { leaseId_sequence: { leaseId, sequence } } });
  const head = await signedHead();
  if (row === null || head === null) return null;
  const index = Number(row.index);
  const path = await inclusionPath(sha256Bytes, perfectRoots(head.size), index, head.size);
  const proof = formatProof({ index, path, checkpoint: head.note });
  return { receipt: { ...signed, salt: row.salt, proof, agreed }, index, entry: toHex(row.entry) };
}

/** The renter's countersignature of a statement or of a later one. */
async function agreedFrom(leaseId: string, own: number): Promise<Agreed | null> {
  const row = await db.countersignature.findFirst({ where: { leaseId, sequence: { gte: own } } });
  const record = row === null ? null : readCountersignature(row.payload);
  if (row === null || record === null) return null;
  const { sequence, statement, at } = record;
  const { key, signature } = row;
  return {
    sequence,
    ...(sequence === own ? {} : { statement: toBase64url(fromHex(statement) ?? new Uint8Array()) }),
    at,
    key,
    signature,
  };
}
