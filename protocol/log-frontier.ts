import { nodeHash } from './log-tree.ts';
import type { Sha256 } from './sha256.ts';

/**
 * All that appending needs to know of a tree: the roots of the perfect subtrees that it is made of, largest first. There
 * is one for each bit that is set in the size.
 */
export type Frontier = { readonly size: number; readonly roots: readonly Uint8Array[] };

export const EMPTY_TREE: Frontier = { size: 0, roots: [] };

/** A perfect subtree that an append completed: 2^height entries from position × 2^height. */
export type Completed = { readonly height: number; readonly position: number; readonly root: Uint8Array };

/** Appends leaf hashes. `completed` hears of each perfect subtree above the leaves as it becomes whole. */
export function appendLeaves(
  sha256: Sha256,
  tree: Frontier,
  leaves: readonly Uint8Array[],
  completed: (subtree: Completed) => void = () => {},
): Frontier {
  const roots = [...tree.roots];
  let { size } = tree;
  for (const leaf of leaves) {
    let root = leaf;
    let height = 0;
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      root = nodeHash(sha256, roots.pop() as Uint8Array, root);
      height += 1;
      completed({ height, position: (rest - 1) / 2, root });
    }
    roots.push(root);
    size += 1;
  }
  return { size, roots };
}

/** The root hash of the whole tree. */
export function rootOf(sha256: Sha256, tree: Frontier): Uint8Array {
  const [last, ...others] = tree.roots.toReversed();
  if (last === undefined) return sha256(new Uint8Array());
  return others.reduce((right, left) => nodeHash(sha256, left, right), last);
}
