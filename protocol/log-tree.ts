import { joinBytes, sameBytes } from './base64.ts';
import type { Sha256 } from './sha256.ts';

/** The Merkle tree of the log: hashes and proofs as RFC 9162 section 2.1 (the same as RFC 6962) defines them. */

const LEAF = Uint8Array.of(0);

/** A tree has at most so many entries here: up to there logarithms of JavaScript numbers are exact enough to split by. */
export const MOST_ENTRIES = 2 ** 40;

export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  return sha256(joinBytes(LEAF, entry));
}

export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** The root of the subtree of 2^height entries that begins at position × 2^height. */
export type PerfectRoot = (height: number, position: number) => Uint8Array | Promise<Uint8Array>;

/** The largest power of two below n (n ≥ 2). */
function splitOf(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

/** MTH(D[from:to]) for a range that begins where a subtree of at least its size begins. */
export async function rangeRoot(sha256: Sha256, perfect: PerfectRoot, from: number, to: number): Promise<Uint8Array> {
  const size = to - from;
  if (size < 1) return sha256(new Uint8Array());
  const height = Math.log2(size);
  if (Number.isInteger(height)) return perfect(height, from / size);
  const split = from + splitOf(size);
  const right = await rangeRoot(sha256, perfect, split, to);
  return nodeHash(sha256, await rangeRoot(sha256, perfect, from, split), right);
}

/** PATH(index, D[0:size]), RFC 9162 section 2.1.3.1: hashes from the leaf's sibling up to the root's child. */
export async function inclusionPath(
  sha256: Sha256,
  perfect: PerfectRoot,
  index: number,
  size: number,
): Promise<Uint8Array[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`There is no entry ${index} in a tree of ${size}.`);
  const path: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    const near = index < split;
    path.push(await rangeRoot(sha256, perfect, near ? split : from, near ? to : split));
    if (near) to = split;
    else from = split;
  }
  return path.reverse();
}

/** The root that a leaf and its path make, RFC 9162 section 2.1.3.2; null when the path is none for that place. */
export function rootFromPath(
  sha256: Sha256,
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | null {
  if (!isCount(index) || !isCount(size) || index >= size) return null;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) return null;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

/** PROOF(older, D[0:newer]), RFC 9162 section 2.1.4.1: that a tree of `newer` entries continues one of `older` ≥ 1. */
export async function consistencyPath(
  sha256: Sha256,
  perfect: PerfectRoot,
  older: number,
  newer: number,
): Promise<Uint8Array[]> {
  if (!(older >= 1 && older <= newer)) throw new RangeError(`No tree of ${newer} continues one of ${older}.`);
  const path: Uint8Array[] = [];
  let [from, to] = [0, newer];
  while (older !== to) {
    const split = from + splitOf(to - from);
    const left = older <= split;
    path.push(await rangeRoot(sha256, perfect, left ? split : from, left ? to : split));
    if (left) to = split;
    else from = split;
  }
  if (from !== 0) path.push(await rangeRoot(sha256, perfect, from, to));
  return path.reverse();
}

export type TreeHead = { readonly size: number; readonly root: Uint8Array };

/** Whether one tree continues another, RFC 9162 section 2.1.4.2. An empty tree is continued by every tree. */
export function isConsistent(sha256: Sha256, older: TreeHead, newer: TreeHead, path: readonly Uint8Array[]): boolean {
  if (!isCount(older.size) || !isCount(newer.size) || older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return path.length === 0 && sameBytes(older.root, sha256(new Uint8Array()));
  if (path.some((hash) => hash.length !== 32)) return false;
  const [first, ...rest] = Number.isInteger(Math.log2(older.size)) ? [older.root, ...path] : path;
  if (first === undefined) return false;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let [olderRoot, newerRoot] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      olderRoot = nodeHash(sha256, hash, olderRoot);
      newerRoot = nodeHash(sha256, hash, newerRoot);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newerRoot = nodeHash(sha256, newerRoot, hash);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(olderRoot, older.root) && sameBytes(newerRoot, newer.root);
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0 && n <= MOST_ENTRIES;
}
