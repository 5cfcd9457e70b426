import { randomBytes, randomUUID, sign } from 'node:crypto';
import { newId } from '#lib/base/id.ts';
import { fromBase64url, fromHex, toBase64url } from '#protocol/base64.ts';
import { countersignatureText } from '#protocol/countersignature.ts';
import { newSigningKey, rawPublicKey, sha256Bytes, signPayload, verifyBytes } from '#protocol/keys.ts';
import { formatLogKey, signCheckpoint } from '#protocol/log-checkpoint.ts';
import { entryOf } from '#protocol/log-entry.ts';
import { formatProof } from '#protocol/log-proof.ts';
import { leafHash, rootFromPath } from '#protocol/log-tree.ts';
import { type Receipt, verifyReceipt } from '#protocol/receipt.ts';
import { receiptText } from '#protocol/receipt-text.ts';
import type { Statement } from '#protocol/statement.ts';
import { DOMAINS } from '#protocol/words.ts';

const ENTRIES = 1_000_000;
/** The longest path of a log of a million entries. */
const INDEX = 524_287;
const ORIGIN = 'gpus.example-market.test/log';

/** The bytes of a receipt that verifies: of so many GPUs, countersigned by a later statement, in a log of a million entries. */
export async function receiptBytes(gpuCount: number): Promise<number> {
  const machine = newSigningKey();
  const client = newSigningKey();
  const log = newSigningKey();
  const statement: Statement = {
    v: 1,
    leaseId: newId('lease'),
    machineId: newId('machine'),
    sequence: 43_199,
    previous: randomBytes(32).toString('hex'),
    startsAt: '2026-11-27T12:00:00.000Z',
    endsAt: '2026-11-27T12:01:00.000Z',
    monotonicSeconds: 60,
    state: 'running',
    gpuUuids: Array.from({ length: gpuCount }, () => `GPU-${randomUUID()}`),
    gpuSeconds: 60 * gpuCount,
    diskByteSeconds: String(60n * 2n ** 40n),
  };
  const signed = signPayload(DOMAINS.statement, JSON.stringify(statement), machine);
  const salt = toBase64url(randomBytes(16));
  const entry = entryOf(sha256Bytes, { kind: 'statement', ...signed, salt });
  if (entry === null) throw new Error('no entry');
  const path = Array.from({ length: 20 }, () => new Uint8Array(randomBytes(32)));
  const root = rootFromPath(sha256Bytes, leafHash(sha256Bytes, entry), INDEX, ENTRIES, path);
  if (root === null) throw new Error('no path of that length');
  const key = { name: ORIGIN, key: fromBase64url(rawPublicKey(log)) ?? new Uint8Array() };
  const head = { size: ENTRIES, root };
  const checkpoint = signCheckpoint(sha256Bytes, head, key, (message) => new Uint8Array(sign(null, message, log)));
  const later = { leaseId: statement.leaseId, sequence: 43_200, at: '2026-11-27T12:02:00.123Z' };
  const hash = randomBytes(32).toString('hex');
  const agreed = signPayload(DOMAINS.countersignature, countersignatureText({ ...later, statement: hash }), client);
  const receipt: Receipt = {
    ...signed,
    salt,
    proof: formatProof({ index: INDEX, path, checkpoint }),
    agreed: {
      sequence: later.sequence,
      statement: toBase64url(fromHex(hash) ?? new Uint8Array()),
      at: later.at,
      key: rawPublicKey(client),
      signature: agreed.signature,
    },
  };
  const text = receiptText(receipt) ?? JSON.stringify(receipt);
  const logKey = formatLogKey(sha256Bytes, key);
  const verified = await verifyReceipt(text, { sha256: sha256Bytes, verify: verifyBytes, logKey });
  if (verified.logSize !== ENTRIES || verified.agreed !== later.sequence)
    throw new Error('the receipt is not verified');
  return Buffer.byteLength(text);
}
