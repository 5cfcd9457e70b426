import { fromBase64url, fromHex, joinBytes, toBase64url, toHex } from './base64.ts';
import type { Agreed, Receipt } from './receipt.ts';

/** First line of a receipt as short text. Receipts as JSON, the older form, have none and are read as ever. */
export const RECEIPT_TEXT = 'sublet.receipt/v2';

const FIELD = '"gpuUuids":';
const UUID = /^GPU-([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/;

/**
 * A receipt as text that stays below 2 KB with eight GPUs: the statement without a second layer of quotes, its GPUs as 16 bytes
 * each instead of 43 letters, then machine's signature and salt, the countersignature, and the proof as its own format has it.
 * Null for a statement that is not written in one line, as every agent writes it: such a receipt stays JSON.
 */
export function receiptText({ payload, signature, salt, proof, agreed }: Receipt): string | null {
  const text = `${RECEIPT_TEXT}\n${packed(payload)}\n${signature} ${salt}\n${agreedLine(agreed)}\n${proof}`;
  const back = readReceiptText(text);
  return back?.payload === payload && back.signature === signature && back.salt === salt ? text : null;
}

/** What {@link receiptText} wrote, to the byte; null for anything else. */
export function readReceiptText(text: string): Receipt | null {
  const [first, said = '', own = '', by = '', ...rest] = text.split('\n');
  const [signature = '', salt = '', ...more] = own.split(' ');
  const payload = unpacked(said);
  const agreed = readAgreed(by);
  if (first !== RECEIPT_TEXT || payload === null || agreed === undefined || more.length > 0 || salt === '') return null;
  return { payload, signature, salt, proof: rest.join('\n'), agreed };
}

/** The list of GPUs, as a driver names them, as the bytes of their uuids; other names stay as they are. */
function packed(payload: string): string {
  const at = payload.indexOf(FIELD);
  const end = payload.indexOf(']', at);
  if (at < 0 || end < 0) return payload;
  const from = at + FIELD.length;
  let list: unknown;
  try {
    list = JSON.parse(payload.slice(from, end + 1));
  } catch {
    return payload;
  }
  if (!Array.isArray(list) || list.length === 0) return payload;
  const bytes = list.map((uuid) => (typeof uuid === 'string' ? bytesOf(uuid) : null));
  if (!bytes.every((each) => each !== null)) return payload;
  return `${payload.slice(0, from)}"${toBase64url(joinBytes(...bytes))}"${payload.slice(end + 1)}`;
}

function unpacked(said: string): string | null {
  const at = said.indexOf(FIELD);
  if (at < 0 || said[at + FIELD.length] !== '"') return said;
  const from = at + FIELD.length;
  const end = said.indexOf('"', from + 1);
  const bytes = fromBase64url(said.slice(from + 1, end));
  if (end < 0 || bytes === null || bytes.length === 0 || bytes.length % 16 !== 0) return null;
  const uuids = Array.from({ length: bytes.length / 16 }, (_, index) =>
    uuidOf(bytes.slice(16 * index, 16 * index + 16)),
  );
  return `${said.slice(0, from)}${JSON.stringify(uuids)}${said.slice(end + 1)}`;
}

function bytesOf(uuid: string): Uint8Array | null {
  const parts = UUID.exec(uuid);
  return parts === null ? null : fromHex(parts.slice(1).join(''));
}

function uuidOf(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return `GPU-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function agreedLine(agreed: Agreed | null): string {
  if (agreed === null) return '-';
  const { sequence, at, key, signature, statement } = agreed;
  return [sequence, at, key, signature, ...(statement === undefined ? [] : [statement])].join(' ');
}

function readAgreed(line: string): Agreed | null | undefined {
  if (line === '-') return null;
  const [sequence = '', at, key, signature, statement, ...more] = line.split(' ');
  if (!/^(0|[1-9]\d{0,14})$/.test(sequence) || more.length > 0) return undefined;
  if (at === undefined || key === undefined || signature === undefined || statement === '') return undefined;
  return { sequence: Number(sequence), ...(statement === undefined ? {} : { statement }), at, key, signature };
}
