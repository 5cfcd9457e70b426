import { fromBase64url, toBytes } from './base64.ts';
import { type Bill, BillFault, type Countersigned } from './bill.ts';
import { readCountersignature } from './countersignature.ts';
import { DOMAINS, type Domain, signedText } from './domains.ts';
import type { VerifyBytes } from './log-checkpoint.ts';
import type { TermsRecord } from './log-entry.ts';
import { textFields } from './statement-text.ts';

/** Up to which statement the renter's client agreed, and what says that its key is the renter's. */
export type VerifiedCountersignature = {
  readonly sequence: number;
  readonly at: string;
  readonly key: string;
  /** `terms`: frozen when it was booked, in the log. `permit`: named later; the market's word. */
  readonly namedBy: 'terms' | 'permit';
};

const WHERE = 'the countersignature';

/**
 * Checks that a bill's countersignature is of one of its statements, by a key that the terms or a permit of the market name.
 * `hashes` are those of the statements, in order. Null when the host alone signed. Throws {@link BillFault}.
 */
export async function verifyCountersignature(
  bill: Pick<Bill, 'countersignature'>,
  {
    terms,
    hashes,
    marketKey,
  }: { readonly terms: TermsRecord; readonly hashes: readonly string[]; readonly marketKey: string },
  verify: VerifyBytes,
): Promise<VerifiedCountersignature | null> {
  const signed = bill.countersignature ?? null;
  if (signed === null) return null;
  const record = readCountersignature(signed.payload);
  if (record === null) throw new BillFault(WHERE, 'Its text is no countersignature.');
  if (record.leaseId !== terms.leaseId) throw new BillFault(WHERE, 'It is of another rental.');
  if (hashes[record.sequence] !== record.statement)
    throw new BillFault(WHERE, `It is not of statement ${record.sequence} as this bill has it.`);
  const namedBy = await whoNames(signed, terms, marketKey, verify);
  if (!(await fits(DOMAINS.countersignature, signed, signed.key, verify)))
    throw new BillFault(WHERE, 'Its signature does not fit.');
  return { sequence: record.sequence, at: record.at, key: signed.key, namedBy };
}

async function whoNames(
  { key, permit }: Countersigned,
  terms: TermsRecord,
  marketKey: string,
  verify: VerifyBytes,
): Promise<'terms' | 'permit'> {
  const inTerms = (terms.clientKeys ?? []).includes(key);
  if (permit === null) {
    if (!inTerms) throw new BillFault(WHERE, 'The terms do not name its key as one of the renter.');
    return 'terms';
  }
  if (inTerms) throw new BillFault(WHERE, 'It brings a permit although the terms name its key.');
  if (!(await fits(DOMAINS.lease, permit, marketKey, verify)))
    throw new BillFault(WHERE, 'The signature of its permit does not fit.');
  const read = textFields<{ leaseId: string; clientKeys: unknown }>(permit.payload, ['leaseId'], ['clientKeys']);
  if (read?.leaseId !== terms.leaseId || !Array.isArray(read.clientKeys) || !read.clientKeys.includes(key))
    throw new BillFault(WHERE, 'Its permit does not name its key as one of the renter.');
  return 'permit';
}

async function fits(
  domain: Domain,
  { payload, signature }: { readonly payload: string; readonly signature: string },
  key: string,
  verify: VerifyBytes,
): Promise<boolean> {
  const raw = fromBase64url(key);
  const bytes = fromBase64url(signature);
  return raw?.length === 32 && bytes?.length === 64 && (await verify(raw, toBytes(signedText(domain, payload)), bytes));
}
