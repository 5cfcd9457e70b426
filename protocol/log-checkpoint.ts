import { fromBase64, joinBytes, sameBytes, toBase64, toBytes, toHex } from './base64.ts';
import { MOST_ENTRIES, type TreeHead } from './log-tree.ts';
import type { Sha256 } from './sha256.ts';

/** Signed notes (https://c2sp.org/signed-note) with Ed25519, and the checkpoints made of them (https://c2sp.org/tlog-checkpoint). */

/** Who signs a log's checkpoints: its name, which is the log's origin too, and its raw Ed25519 key. */
export type LogKey = { readonly name: string; readonly key: Uint8Array };

/** Checks an Ed25519 signature (RFC 8032) over bytes; asynchronous where a browser does it. */
export type VerifyBytes = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>;

export type Checkpoint = TreeHead & { readonly origin: string };

const ED25519 = Uint8Array.of(1);
const MOST_CHARACTERS = 16_384;
const NAME = /^[^\s+]{1,200}$/u;

function keyId(sha256: Sha256, { name, key }: LogKey): Uint8Array {
  return sha256(joinBytes(toBytes(`${name}\n`), ED25519, key)).subarray(0, 4);
}

/** A log's key as one line for people to compare and programs to be told: `name+id+key`. */
export function formatLogKey(sha256: Sha256, key: LogKey): string {
  return `${key.name}+${toHex(keyId(sha256, key))}+${toBase64(joinBytes(ED25519, key.key))}`;
}

/** The key that a line of {@link formatLogKey} names; null for anything else. */
export function parseLogKey(sha256: Sha256, text: string): LogKey | null {
  const [name = '', id = '', ...rest] = text.split('+');
  const bytes = fromBase64(rest.join('+'));
  if (!NAME.test(name) || bytes === null || bytes.length !== 33 || bytes[0] !== 1) return null;
  const key = { name, key: bytes.subarray(1) };
  return toHex(keyId(sha256, key)) === id ? key : null;
}

/** What a checkpoint's signature is over. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** A signed checkpoint; `sign` makes an Ed25519 signature by the key. */
export function signCheckpoint(
  sha256: Sha256,
  head: TreeHead,
  key: LogKey,
  sign: (message: Uint8Array) => Uint8Array,
): string {
  const text = checkpointText({ ...head, origin: key.name });
  const signature = toBase64(joinBytes(keyId(sha256, key), sign(toBytes(text))));
  return `${text}\n— ${key.name} ${signature}\n`;
}

/**
 * The tree head of a note that this log signed; null for anything else. Signatures of others are left aside, as the
 * specification says; one that names this key and does not fit refuses the note.
 */
export async function openCheckpoint(
  sha256: Sha256,
  verify: VerifyBytes,
  note: string,
  key: LogKey,
): Promise<Checkpoint | null> {
  const match = /^((?:[^\n]+\n){3})\n((?:— [^\n ]+ [^\n ]+\n)+)$/u.exec(note);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids exactly these
  if (match === null || note.length > MOST_CHARACTERS || /[\x00-\x09\x0b-\x1f]/.test(note)) return null;
  const [, text = '', signatures = ''] = match;
  const head = parseText(text);
  if (head === null || head.origin !== key.name) return null;
  const id = keyId(sha256, key);
  let signed = false;
  for (const line of signatures.trimEnd().split('\n')) {
    const [, name, encoded = ''] = line.split(' ');
    const bytes = fromBase64(encoded);
    if (bytes === null || bytes.length < 5) return null;
    if (name !== key.name || !sameBytes(bytes.subarray(0, 4), id)) continue;
    if (!(await verify(key.key, toBytes(text), bytes.subarray(4)))) return null;
    signed = true;
  }
  return signed ? head : null;
}

function parseText(text: string): Checkpoint | null {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const hash = fromBase64(root);
  if (!/^(0|[1-9]\d{0,14})$/.test(size) || Number(size) > MOST_ENTRIES || hash?.length !== 32) return null;
  return { origin, size: Number(size), root: hash };
}
