import { fromBase64, fromBase64url, sameBytes, toBytes, toHex } from './base64.ts';
import {
  type Bill,
  BillFault,
  type BillTotals,
  billText,
  type GivenBack,
  isInstant,
  type LoggedRecord,
  parseBill,
} from './bill.ts';
import { checkGivenBack } from './bill-given-back.ts';
import { type BillLine, CLOCK_AHEAD_MS, recompute } from './bill-rules.ts';
import { DOMAINS, type Domain, signedText } from './domains.ts';
import { type Checkpoint, type LogKey, openCheckpoint, parseLogKey, type VerifyBytes } from './log-checkpoint.ts';
import { type CreditRecord, entryOf, type KeyRecord, type RecordKind, type TermsRecord } from './log-entry.ts';
import { isConsistent, leafHash, rootFromPath } from './log-tree.ts';
import type { Sha256 } from './sha256.ts';
import { readStatement, textFields } from './statement-text.ts';
import { type VerifiedCountersignature, verifyCountersignature } from './verify-countersignature.ts';

export type VerifyOptions = {
  readonly sha256: Sha256;
  readonly verify: VerifyBytes;
  /** The log's key as somebody else than this file says it; null trusts the file. */
  readonly logKey: string | null;
  /** A checkpoint of the log from elsewhere: of the same size it must be the same one. */
  readonly seen: string | null;
};

/** What was verified of a bill. */
export type VerifiedBill = {
  readonly bookingId: string;
  readonly machineId: string;
  readonly final: boolean;
  readonly statements: number;
  readonly credits: number;
  /** Newer than what the log had when the bill was written. */
  readonly notYetLogged: number;
  /** Null when the host alone signed. */
  readonly countersigned: VerifiedCountersignature | null;
  readonly totals: BillTotals;
  /** Of a reserved window that was given back at a cost: what it came to; null of any other. */
  readonly givenBack: GivenBack | null;
  readonly terms: TermsRecord;
  readonly log: string;
  readonly logSize: number;
  readonly earlierSize: number | null;
};

const NO_PREVIOUS = '0'.repeat(64);

/**
 * Checks a bill from the text of its file, without any network: every signature, the chain of statements, that each record
 * is in the log, that the log continues its older head, and every amount. Throws {@link BillFault}, which names the first
 * record that is wrong.
 */
export async function verifyBill(file: string, options: VerifyOptions): Promise<VerifiedBill> {
  const bill = parseBill(file);
  const key = logKeyOf(bill, options);
  const head = await headOf(bill, key, options);
  const proofs = proofsOf(bill, head, options);
  const earlier = await checkEarlier(bill, key, head, proofs, options);
  await checkSeen(key, head, earlier, options);
  const signed = signaturesBy(options);

  const market = readKey(bill.marketKey, 'the market’s key', 'market');
  await signed('the market’s key', DOMAINS.key, bill.marketKey, market.key);
  proofs.check('the market’s key', 'key', bill.marketKey);
  const machine = readKey(bill.machineKey, 'the machine’s key', 'machine');
  await signed('the machine’s key', DOMAINS.key, bill.machineKey, market.key);
  proofs.check('the machine’s key', 'key', bill.machineKey);
  const terms = readTerms(bill.terms);
  await signed('the terms', DOMAINS.terms, bill.terms, market.key);
  proofs.check('the terms', 'terms', bill.terms);
  if (machine.machineId !== terms.machineId) throw new BillFault('the machine’s key', 'It is of another machine.');

  const lines: BillLine[] = [];
  const chain: string[] = [];
  let previous = NO_PREVIOUS;
  let notYetLogged = 0;
  for (const [at, line] of bill.statements.entries()) {
    const where = `statement ${at}`;
    await signed(where, DOMAINS.statement, line, machine.key);
    const statement = readStatement(line.payload);
    if (statement === null) throw new BillFault(where, 'Its text is no statement.');
    if (statement.leaseId !== terms.leaseId || statement.machineId !== terms.machineId)
      throw new BillFault(where, 'It is of another rental.');
    if (statement.sequence !== at || statement.previous !== previous)
      throw new BillFault(where, 'It does not continue the chain: a statement is missing, or was put in.');
    if (line.index === null) notYetLogged += expectNews(where, line.receivedAt, bill);
    else proofs.check(where, 'statement', line);
    previous = toHex(options.sha256(toBytes(signedText(DOMAINS.statement, line.payload))));
    chain.push(previous);
    lines.push({ ...line, statement });
  }
  const credits: CreditRecord[] = [];
  for (const [at, credit] of bill.credits.entries()) {
    const where = `credit ${at}`;
    await signed(where, DOMAINS.credit, credit, market.key);
    proofs.check(where, 'credit', credit);
    credits.push(readCredit(where, credit, terms));
  }
  const renter = { terms, hashes: chain, marketKey: market.key };
  const countersigned = await verifyCountersignature(bill, renter, options.verify);
  proofs.expectAllUsed();
  const totals = recompute({ ...bill, terms }, lines, credits);
  if (bill.givenBack !== undefined) {
    const { permit } = bill.givenBack;
    await signed('the permit of the window', DOMAINS.lease, permit, market.key);
    checkGivenBack(bill.givenBack, terms, lines);
  }
  for (const [name, value] of Object.entries(totals)) {
    const said = bill.totals[name as keyof BillTotals];
    if (said !== value) throw new BillFault('the totals', `${name} is given as ${said}; it is ${value}.`);
  }
  await signed('the bill', DOMAINS.bill, { payload: billText(bill), signature: bill.signature }, market.key);
  return {
    bookingId: terms.bookingId,
    machineId: terms.machineId,
    final: bill.final,
    statements: lines.length,
    credits: credits.length,
    notYetLogged,
    countersigned,
    totals,
    givenBack: bill.givenBack ?? null,
    terms,
    log: bill.log,
    logSize: head.size,
    earlierSize: earlier?.size ?? null,
  };
}

function logKeyOf(bill: Bill, { sha256, logKey }: VerifyOptions): LogKey {
  if (logKey !== null && logKey.trim() !== bill.log)
    throw new BillFault('the log’s key', 'The bill is of a log with another key than the one you named.');
  const key = parseLogKey(sha256, bill.log);
  if (key === null) throw new BillFault('the log’s key', 'It is not one.');
  return key;
}

async function headOf(bill: Bill, key: LogKey, { sha256, verify }: VerifyOptions): Promise<Checkpoint> {
  const head = await openCheckpoint(sha256, verify, bill.checkpoint, key);
  if (head === null) throw new BillFault('the checkpoint', 'The log did not sign it.');
  return head;
}

type Proofs = {
  /** Throws unless the record is in the log at its place. */
  check(where: string, kind: RecordKind, record: LoggedRecord): void;
  hashes(where: string, path: readonly number[]): Uint8Array[];
  expectAllUsed(): void;
};

function proofsOf(bill: Bill, head: Checkpoint, { sha256 }: VerifyOptions): Proofs {
  const used = new Set<number>();
  const bytes = bill.hashes.map((text) => fromBase64(text));
  const hashes = (where: string, path: readonly number[]) =>
    path.map((at) => {
      const hash = bytes[at];
      if (hash?.length !== 32) throw new BillFault(where, 'Its proof names a hash that is not there.');
      used.add(at);
      return hash;
    });
  return {
    hashes,
    check(where, kind, record) {
      const entry = entryOf(sha256, { ...record, kind });
      if (entry === null || record.index === null) throw new BillFault(where, 'It is not in the log.');
      const path = hashes(where, record.path);
      const root = rootFromPath(sha256, leafHash(sha256, entry), record.index, head.size, path);
      if (root === null || !sameBytes(root, head.root)) throw new BillFault(where, 'It is not in the log.');
    },
    expectAllUsed() {
      if (used.size !== bill.hashes.length) throw new BillFault('the hashes', 'Some of them prove nothing.');
    },
  };
}

async function checkEarlier(
  { earlier }: Bill,
  key: LogKey,
  head: Checkpoint,
  proofs: Proofs,
  { sha256, verify }: VerifyOptions,
): Promise<Checkpoint | null> {
  if (earlier === null) return null;
  const older = await openCheckpoint(sha256, verify, earlier.checkpoint, key);
  if (older === null) throw new BillFault('the older checkpoint', 'The log did not sign it.');
  if (!isConsistent(sha256, older, head, proofs.hashes('the older checkpoint', earlier.path)))
    throw new BillFault('the older checkpoint', 'The log does not continue it: it shows two histories.');
  return older;
}

async function checkSeen(
  key: LogKey,
  head: Checkpoint,
  earlier: Checkpoint | null,
  { sha256, verify, seen }: VerifyOptions,
): Promise<void> {
  if (seen === null) return;
  const where = 'the checkpoint that you saw';
  const other = await openCheckpoint(sha256, verify, seen, key);
  if (other === null) throw new BillFault(where, 'The log of this bill did not sign it.');
  const same = [head, earlier].find((one) => one?.size === other.size);
  if (same === undefined || same === null)
    throw new BillFault(where, `Ask the market for the bill with a proof from it: add ?since=${other.size}.`);
  if (!sameBytes(same.root, other.root))
    throw new BillFault(where, 'The log shows another history here: keep both files, they prove it.');
}

function signaturesBy({ verify }: VerifyOptions) {
  return async (
    where: string,
    domain: Domain,
    { payload, signature }: { readonly payload: string; readonly signature: string },
    key: string,
  ): Promise<void> => {
    const raw = fromBase64url(key);
    const bytes = fromBase64url(signature);
    const message = toBytes(signedText(domain, payload));
    if (raw?.length !== 32 || bytes?.length !== 64 || !(await verify(raw, message, bytes)))
      throw new BillFault(where, 'Its signature does not fit.');
  };
}

/** What is not in the log yet is news: it should be there within a minute. */
function expectNews(where: string, receivedAt: string, { issuedAt }: Bill): 1 {
  if (Date.parse(issuedAt) - Date.parse(receivedAt) > CLOCK_AHEAD_MS)
    throw new BillFault(where, 'It should be in the log since long, and is not.');
  return 1;
}

function readKey({ payload }: LoggedRecord, where: string, role: KeyRecord['role']): KeyRecord {
  const read = textFields<KeyRecord>(payload, ['key'], ['v', 'role', 'machineId', 'key']);
  if (read === null || read.v !== 1 || read.role !== role || (role === 'market') !== (read.machineId === null))
    throw new BillFault(where, 'Its text is no record of that key.');
  return read;
}

function readTerms({ payload }: LoggedRecord): TermsRecord {
  const texts = ['leaseId', 'bookingId', 'machineId', 'bookedAt'] as const;
  const amounts = ['priceMicrosPerGpuHour', 'diskPriceMicrosPerGibMonth', 'diskBytes'] as const;
  const counts = ['feeBasisPoints', 'gpuCount'] as const;
  const read = textFields<TermsRecord>(payload, [...texts, ...amounts], ['v', ...texts, ...amounts, ...counts]);
  const good =
    read !== null &&
    read.v === 1 &&
    amounts.every((name) => /^\d{1,30}$/.test(read[name])) &&
    counts.every((name) => Number.isSafeInteger(read[name]) && read[name] >= 0) &&
    (read.clientKeys === undefined || Array.isArray(read.clientKeys)) &&
    (read.cancellation === undefined || isCancellation(read.cancellation));
  if (!good) throw new BillFault('the terms', 'Their text is no terms.');
  return read;
}

function isCancellation(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { freeSeconds, shareBasisPoints } = value as Readonly<Record<string, unknown>>;
  return [freeSeconds, shareBasisPoints].every((each) => Number.isSafeInteger(each) && (each as number) >= 0);
}

function readCredit(where: string, { payload }: LoggedRecord, terms: TermsRecord): CreditRecord {
  const amounts = ['micros', 'hostMicros', 'feeMicros'] as const;
  const texts = ['leaseId', 'reference', 'reason', 'at', ...amounts] as const;
  const read = textFields<CreditRecord>(payload, texts, ['v', ...texts, 'evidence']);
  const good =
    read !== null &&
    read.v === 1 &&
    amounts.every((name) => /^\d{1,30}$/.test(read[name])) &&
    isInstant(read.at) &&
    Array.isArray(read.evidence);
  if (!good) throw new BillFault(where, 'Its text is no credit.');
  if (read.leaseId !== terms.leaseId) throw new BillFault(where, 'It is of another rental.');
  return read;
}
