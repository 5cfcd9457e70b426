import { BillFault } from '#protocol/bill.ts';
import { type VerifiedReceipt, verifyReceipt } from '#protocol/receipt.ts';
import { sha256Plain } from '#protocol/sha256.ts';
import { type VerifiedBill, verifyBill } from '#protocol/verify-bill.ts';
import { verifyByWebCrypto } from '#protocol/web-crypto.ts';

export type Checked =
  | { readonly state: 'right'; readonly bill: VerifiedBill; readonly known: boolean }
  | { readonly state: 'wrong'; readonly record: string; readonly why: string };

/** The verdict on a file; `logKey` is this market's, by which a bill of its own is checked. */
export async function checkFile(file: Blob, logKey: string | null): Promise<Checked> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    const bill = await verifyBill(text, { sha256: sha256Plain, verify: verifyByWebCrypto, logKey: null, seen: null });
    const known = bill.log === logKey;
    const [own, its] = [logKey?.split('+')[0], bill.log.split('+')[0]];
    if (!known && own === its)
      return { state: 'wrong', record: 'the log’s key', why: 'It carries this log’s name, but is not its key.' };
    return { state: 'right', bill, known };
  } catch (error) {
    return wrong(error);
  }
}

export type CheckedReceipt =
  | { readonly state: 'right'; readonly receipt: VerifiedReceipt }
  | { readonly state: 'wrong'; readonly record: string; readonly why: string };

/** The verdict on a receipt, or on a proof alone with its digest, against this log's key. */
export async function checkReceipt(text: string, entry: string, logKey: string): Promise<CheckedReceipt> {
  try {
    const tools = { sha256: sha256Plain, verify: verifyByWebCrypto };
    return { state: 'right', receipt: await verifyReceipt(asWritten(text), { ...tools, logKey, entry }) };
  } catch (error) {
    return wrong(error);
  }
}

/** A text area ends lines as it likes, and what is copied has blanks around it. */
function asWritten(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').trim();
  return lines.startsWith('{') ? lines : `${lines}\n`;
}

function wrong(error: unknown): { readonly state: 'wrong'; readonly record: string; readonly why: string } {
  if (error instanceof BillFault) return { state: 'wrong', record: error.record, why: error.message };
  if (error instanceof DOMException && error.name === 'NotSupportedError')
    return {
      state: 'wrong',
      record: 'your browser',
      why: 'It cannot check Ed25519 signatures. Use “npx sublet verify”.',
    };
  return { state: 'wrong', record: 'the file', why: 'It cannot be read as text.' };
}
