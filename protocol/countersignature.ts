import { isInstant } from './bill.ts';
import { textFields } from './statement-text.ts';

/** A permit names the newest of a renter's client keys, at most so many. */
export const MOST_CLIENT_KEYS = 20;

/** That a renter's client agrees to a statement. Each statement names the one before, so it agrees to all before it too. */
export type CountersignatureRecord = {
  readonly v: 1;
  readonly leaseId: string;
  readonly sequence: number;
  /** SHA-256 (hex) of the statement's signed text. */
  readonly statement: string;
  /** When, by the client's clock. */
  readonly at: string;
};

/** The exact text that is signed, in the domain `countersignature`. */
export function countersignatureText({ leaseId, sequence, statement, at }: Omit<CountersignatureRecord, 'v'>): string {
  return JSON.stringify({ v: 1, leaseId, sequence, statement, at } satisfies CountersignatureRecord);
}

/** What {@link countersignatureText} wrote; null for anything else. */
export function readCountersignature(payload: string): CountersignatureRecord | null {
  const texts = ['leaseId', 'statement', 'at'] as const;
  const read = textFields<CountersignatureRecord>(payload, texts, ['v', 'sequence', ...texts]);
  const good =
    read !== null &&
    read.v === 1 &&
    Number.isSafeInteger(read.sequence) &&
    read.sequence >= 0 &&
    /^[0-9a-f]{64}$/.test(read.statement) &&
    isInstant(read.at);
  return good && countersignatureText(read) === payload ? read : null;
}

/** What a client signs, in the domain `clientKey`, to show that it holds a key and means this account. */
export function clientKeyText(account: string, key: string): string {
  return JSON.stringify([account, key]);
}
