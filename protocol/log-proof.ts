import { fromBase64, toBase64 } from './base64.ts';

/** A proof that an entry is in a log, as a text file that stands alone: https://c2sp.org/tlog-proof. */
export type LogProof = {
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly path: readonly Uint8Array[];
  /** The signed checkpoint, to the byte. */
  readonly checkpoint: string;
};

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A path in a tree of 2^40 entries. */
const LONGEST_PATH = 40;

export function formatProof({ index, path, checkpoint }: LogProof): string {
  const hashes = path.map((hash) => `${toBase64(hash)}\n`).join('');
  return `${FIRST_LINE}\nindex ${index}\n${hashes}\n${checkpoint}`;
}

/** What {@link formatProof} wrote; null for anything else. Of `extra` data, which nobody signs, none is taken. */
export function parseProof(text: string): LogProof | null {
  const end = text.indexOf('\n\n');
  if (end < 0) return null;
  const [first, index = '', ...hashes] = text.slice(0, end).split('\n');
  const number = /^index (0|[1-9]\d{0,14})$/.exec(index)?.[1];
  if (first !== FIRST_LINE || number === undefined || hashes.length > LONGEST_PATH) return null;
  const path: Uint8Array[] = [];
  for (const line of hashes) {
    const hash = fromBase64(line);
    if (hash?.length !== 32) return null;
    path.push(hash);
  }
  return { index: Number(number), path, checkpoint: text.slice(end + 2) };
}
