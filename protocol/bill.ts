/** A bill that stands alone: everything that anybody needs to recompute it, without a network. See verify-bill.ts. */

export const BILL_KIND = 'sublet/bill/v2';
/** The same of a reserved window that was given back at a cost: with what that followed from. */
export const GIVEN_BACK_BILL_KIND = 'sublet/bill/v3';
/** As bills were before renters countersigned: the same without that field. They verify for ever. */
export const OLD_BILL_KIND = 'sublet/bill/v1';

/** A signed record and where it stands in the log. Amounts and large counts are decimal text, here and below. */
export type LoggedRecord = {
  readonly payload: string;
  readonly signature: string;
  /** Empty for a key, and for what is not in the log yet. */
  readonly salt: string;
  /** Null when it is not in the log yet. */
  readonly index: number | null;
  /** Places in `hashes`: from the leaf's sibling up to the root's child. */
  readonly path: readonly number[];
};

/** A statement of the machine and what of it was billed. */
export type BilledStatement = LoggedRecord & {
  readonly receivedAt: string;
  readonly billedGpuSeconds: number;
  readonly billedDiskByteSeconds: string;
  readonly chargedMicros: string;
  /** Why not all of what was stated was billed; null when all of it was. */
  readonly reason: string | null;
};

/** A GPU that could be used, and only then billed, from when to when. */
export type UsableWindow = { readonly gpuUuid: string; readonly from: string; readonly until: string };

export type BillTotals = {
  readonly gpuSeconds: string;
  readonly diskByteSeconds: string;
  readonly chargedMicros: string;
  /** Of what was charged: the host's part and the platform's. */
  readonly hostMicros: string;
  readonly feeMicros: string;
  readonly refundedMicros: string;
};

/** That the renter's client agreed to a statement, and so to all before it. */
export type Countersigned = {
  readonly payload: string;
  readonly signature: string;
  /** The client's raw Ed25519 key, base64url. */
  readonly key: string;
  /** The permit that names the key; null when the terms do. */
  readonly permit: { readonly payload: string; readonly signature: string } | null;
};

/** That a reserved window was given back, what that cost, and what it follows from with the terms. */
export type GivenBack = {
  readonly at: string;
  /** Since when it could be used; null: it never could. */
  readonly startedAt: string | null;
  /** How many of the statements had been billed. */
  readonly statements: number;
  /** The permit that was in force: it says the window, and machine and gateway had it. */
  readonly permit: { readonly payload: string; readonly signature: string };
  /** What was set aside: no more could be paid. */
  readonly heldMicros: string;
  readonly micros: string;
  /** Of that: the host's part and the platform's. */
  readonly hostMicros: string;
  readonly feeMicros: string;
  /** What of it came back since. */
  readonly refundedMicros: string;
};

export type Bill = {
  readonly kind: typeof BILL_KIND | typeof OLD_BILL_KIND | typeof GIVEN_BACK_BILL_KIND;
  readonly issuedAt: string;
  /** Nothing more will be billed. */
  readonly final: boolean;
  /** The log's name and key in one line: compare it with what others see. */
  readonly log: string;
  readonly checkpoint: string;
  /** An older head of the log, and the proof that the present one continues it. */
  readonly earlier: { readonly checkpoint: string; readonly path: readonly number[] } | null;
  /** The hashes of all proofs, each once, base64. */
  readonly hashes: readonly string[];
  readonly marketKey: LoggedRecord;
  readonly machineKey: LoggedRecord;
  readonly terms: LoggedRecord;
  readonly capMicros: string | null;
  readonly usable: readonly UsableWindow[];
  readonly diskFrom: string | null;
  readonly diskUntil: string | null;
  readonly statements: readonly BilledStatement[];
  readonly credits: readonly LoggedRecord[];
  /** Null when the host alone signed. An old bill has no such field. */
  readonly countersignature?: Countersigned | null;
  /** Only in a bill of its kind. What it cost stands beside the totals, which are of use. */
  readonly givenBack?: GivenBack;
  readonly totals: BillTotals;
  /** The market's, over the file without this field. */
  readonly signature: string;
};

/** A bill as it is written now. */
export type NewBill = PlainBill | (PlainBill & { readonly givenBack: GivenBack });
type PlainBill = Omit<Bill, 'givenBack' | 'countersignature'> & { readonly countersignature: Countersigned | null };

/** The first thing that is wrong with a bill, and where. */
export class BillFault extends Error {
  readonly record: string;

  constructor(record: string, why: string) {
    super(why);
    this.name = 'BillFault';
    this.record = record;
  }
}

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const yesNo: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const decimal: Check = (value) => typeof value === 'string' && /^(0|[1-9]\d{0,39})$/.test(value);
const instant: Check = (value) => typeof value === 'string' && isInstant(value);
const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Exactly these fields in this order, so that a file has one text. */
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).join() === Object.keys(fields).join() &&
    Object.entries(value).every(([name, field]) => fields[name]?.(field) === true);

const logged = { payload: text, signature: text, salt: text, index: nullOr(count), path: listOf(count) };
const record = shape(logged);
const statement = shape({
  ...logged,
  receivedAt: instant,
  billedGpuSeconds: count,
  billedDiskByteSeconds: decimal,
  chargedMicros: decimal,
  reason: nullOr(text),
});
const totals = shape({
  gpuSeconds: decimal,
  diskByteSeconds: decimal,
  chargedMicros: decimal,
  hostMicros: decimal,
  feeMicros: decimal,
  refundedMicros: decimal,
});

const countersignature = shape({
  payload: text,
  signature: text,
  key: text,
  permit: nullOr(shape({ payload: text, signature: text })),
});

const givenBack = shape({
  at: instant,
  startedAt: nullOr(instant),
  statements: count,
  permit: shape({ payload: text, signature: text }),
  heldMicros: decimal,
  micros: decimal,
  hostMicros: decimal,
  feeMicros: decimal,
  refundedMicros: decimal,
});

const KINDS: readonly unknown[] = [OLD_BILL_KIND, BILL_KIND, GIVEN_BACK_BILL_KIND];
/** The kind of bill from which on a field is there. */
const SINCE: Partial<Record<keyof Bill, number>> = { countersignature: 1, givenBack: 2 };

const FIELDS: Readonly<Record<keyof Bill, Check>> = {
  kind: (value) => KINDS.includes(value),
  issuedAt: instant,
  final: yesNo,
  log: text,
  checkpoint: text,
  earlier: nullOr(shape({ checkpoint: text, path: listOf(count) })),
  hashes: listOf(text),
  marketKey: record,
  machineKey: record,
  terms: record,
  capMicros: nullOr(decimal),
  usable: listOf(shape({ gpuUuid: text, from: instant, until: instant })),
  diskFrom: nullOr(instant),
  diskUntil: nullOr(instant),
  statements: listOf(statement),
  credits: listOf(record),
  countersignature: nullOr(countersignature),
  givenBack,
  totals,
  signature: text,
};

/** A bill from the text of its file; throws {@link BillFault} for anything that {@link writeBill} would not write. */
export function parseBill(file: string): Bill {
  let value: unknown;
  try {
    value = JSON.parse(file);
  } catch {
    throw new BillFault('the file', 'It is not JSON.');
  }
  if (typeof value !== 'object' || value === null || !('kind' in value) || FIELDS.kind(value.kind) === false)
    throw new BillFault('the file', `It is not a bill of the kind ${BILL_KIND}.`);
  const kind = KINDS.indexOf(value.kind);
  const names = Object.keys(FIELDS).filter((name) => kind >= (SINCE[name as keyof Bill] ?? 0));
  if (Object.keys(value).join() !== names.join())
    throw new BillFault('the file', 'It does not have exactly the fields of a bill, in their order.');
  for (const name of names) {
    if (FIELDS[name as keyof Bill](Reflect.get(value, name)) === false)
      throw new BillFault(name, 'It is not of the form that a bill has there.');
  }
  const bill = value as Bill;
  if (writeBill(bill) !== file) throw new BillFault('the file', 'It is not written as bills are, to the byte.');
  return bill;
}

/** The text of a bill's file. */
export function writeBill(bill: Bill): string {
  return JSON.stringify(bill);
}

/** What the market signs of a bill. */
export function billText({ signature: _, ...rest }: Bill): string {
  return JSON.stringify(rest);
}

/** An instant in UTC as `Date.toISOString` writes it. */
export function isInstant(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));
}
