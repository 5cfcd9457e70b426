import { fromBase64url, fromHex, sameBytes, toBytes, toHex } from './base64.ts';
import { BillFault } from './bill.ts';
import { countersignatureText } from './countersignature.ts';
import { DOMAINS, signedText } from './domains.ts';
import { openCheckpoint, parseLogKey, type VerifyBytes } from './log-checkpoint.ts';
import { entryOf } from './log-entry.ts';
import { parseProof } from './log-proof.ts';
import { leafHash, rootFromPath } from './log-tree.ts';
import { RECEIPT_TEXT, readReceiptText } from './receipt-text.ts';
import type { Sha256 } from './sha256.ts';
import type { Statement } from './statement.ts';
import { readStatement } from './statement-text.ts';

/** A statement and the proof that it is in the public log. As text (receipt-text.ts) below 2 KB in a log of a million entries. */
export type Receipt = {
  readonly payload: string;
  /** The machine's. */
  readonly signature: string;
  readonly salt: string;
  /** A text file that stands alone: https://c2sp.org/tlog-proof. */
  readonly proof: string;
  /** That the renter's client agreed; null: the host alone signed. */
  readonly agreed: Agreed | null;
};

/** A countersignature of this statement, or of a later one of its chain, whose hash is then named. */
export type Agreed = {
  readonly sequence: number;
  /** The hash in base64url, which is shorter than hex. */
  readonly statement?: string;
  readonly at: string;
  readonly key: string;
  readonly signature: string;
};

/** What a receipt shows. */
export type VerifiedReceipt = {
  /** Null for a proof alone, which says nothing of what it is of. */
  readonly statement: Statement | null;
  readonly entry: string;
  readonly index: number;
  readonly logSize: number;
  /** Up to which statement the renter agreed; null: the host alone signed. */
  readonly agreed: number | null;
};

type Options = {
  readonly sha256: Sha256;
  readonly verify: VerifyBytes;
  /** The log's key, as its page or somebody else says it. */
  readonly logKey: string;
  /** The digest of the entry, for a proof alone. */
  readonly entry?: string | undefined;
};

/**
 * Checks a receipt, or a proof alone with the digest of its entry, against the key of a log, without any network. Throws
 * {@link BillFault}, which names what is wrong. That the machine's key signed the statement is what the bill shows: a receipt
 * is too small to carry that key and its place in the log.
 */
export async function verifyReceipt(text: string, options: Options): Promise<VerifiedReceipt> {
  if (text.startsWith('c2sp.org/tlog-proof@')) {
    const entry = fromHex((options.entry ?? '').trim().toLowerCase());
    if (entry?.length !== 32)
      throw new BillFault(
        'the digest',
        'A proof alone does not say what it is of: give the digest (64 hex digits) too.',
      );
    return { statement: null, agreed: null, ...(await prove(entry, text, options)) };
  }
  const receipt = text.startsWith(`${RECEIPT_TEXT}\n`) ? readText(text) : parseReceipt(text);
  const statement = readStatement(receipt.payload);
  if (statement === null) throw new BillFault('the statement', 'Its text is no statement.');
  const entry = entryOf(options.sha256, { kind: 'statement', ...receipt });
  if (entry === null) throw new BillFault('the salt', 'It is not one.');
  const proved = await prove(entry, receipt.proof, options);
  return { statement, agreed: await checkAgreed(receipt, statement, options), ...proved };
}

async function prove(entry: Uint8Array, text: string, { sha256, verify, logKey }: Options) {
  const key = parseLogKey(sha256, logKey.trim());
  if (key === null) throw new BillFault('the log’s key', 'It is not one.');
  const proof = parseProof(text);
  if (proof === null) throw new BillFault('the proof', 'It is not of the form of c2sp.org/tlog-proof.');
  const head = await openCheckpoint(sha256, verify, proof.checkpoint, key);
  if (head === null) throw new BillFault('the checkpoint', 'This log did not sign it.');
  const root = rootFromPath(sha256, leafHash(sha256, entry), proof.index, head.size, proof.path);
  if (root === null || !sameBytes(root, head.root))
    throw new BillFault('the proof', 'It does not lead to the signed head.');
  return { entry: toHex(entry), index: proof.index, logSize: head.size };
}

async function checkAgreed({ agreed, payload }: Receipt, said: Statement, { sha256, verify }: Options) {
  if (agreed === null) return null;
  const where = 'the countersignature';
  const own = toHex(sha256(toBytes(signedText(DOMAINS.statement, payload))));
  if (agreed.sequence < said.sequence || (agreed.sequence === said.sequence) !== (agreed.statement === undefined))
    throw new BillFault(where, 'It is not of this statement, nor of a later one.');
  const { sequence, at } = agreed;
  const statement = agreed.statement === undefined ? own : toHex(fromBase64url(agreed.statement) ?? new Uint8Array());
  const text = countersignatureText({ leaseId: said.leaseId, sequence, statement, at });
  const key = fromBase64url(agreed.key);
  const signature = fromBase64url(agreed.signature);
  const message = toBytes(signedText(DOMAINS.countersignature, text));
  if (key?.length !== 32 || signature?.length !== 64 || !(await verify(key, message, signature)))
    throw new BillFault(where, 'Its signature does not fit.');
  return sequence;
}

const FIELDS = ['payload', 'signature', 'salt', 'proof'] as const;

const unreadable = () => new BillFault('the receipt', 'It is not written as receipts are, to the byte.');

function readText(text: string): Receipt {
  const receipt = readReceiptText(text);
  if (receipt === null) throw unreadable();
  return receipt;
}

/** A receipt from its exact text as JSON, as the market writes it. */
function parseReceipt(text: string): Receipt {
  const fault = unreadable();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault;
  }
  if (typeof value !== 'object' || value === null || JSON.stringify(value) !== text.trimEnd()) throw fault;
  const read = value as Readonly<Record<string, unknown>>;
  if (Object.keys(read).join() !== [...FIELDS, 'agreed'].join()) throw fault;
  if (!FIELDS.every((name) => typeof read[name] === 'string') || !isAgreed(read.agreed)) throw fault;
  return value as Receipt;
}

function isAgreed(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const read = value as Readonly<Record<string, unknown>>;
  const texts = ['at', 'key', 'signature', ...('statement' in read ? ['statement'] : [])];
  return Number.isSafeInteger(read.sequence) && texts.every((name) => typeof read[name] === 'string');
}
