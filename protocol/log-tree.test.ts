import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, sameBytes, toHex } from './base64.ts';
import { appendLeaves, type Completed, EMPTY_TREE, rootOf } from './log-frontier.ts';
import { perfectFromTiles, TILE_WIDTH, tileAt, tilePath, tileWidth } from './log-tiles.ts';
import {
  consistencyPath,
  inclusionPath,
  isConsistent,
  leafHash,
  nodeHash,
  type PerfectRoot,
  rootFromPath,
} from './log-tree.ts';
import { sha256Plain } from './sha256.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const LARGEST = 130;
const leaves = Array.from({ length: LARGEST }, (_, at) => leafHash(sha256, Uint8Array.of(at >> 8, at & 255)));

/** MTH as the RFC writes it, independent of what is tested. */
function mth(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array());
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(sha256, mth(hashes.slice(0, k)), mth(hashes.slice(k)));
}

function perfectOf(hashes: readonly Uint8Array[]): PerfectRoot {
  const known = new Map<string, Uint8Array>();
  return (height, position) => {
    const key = `${height} ${position}`;
    const root = known.get(key) ?? mth(hashes.slice(position * 2 ** height, (position + 1) * 2 ** height));
    known.set(key, root);
    return root;
  };
}

const roots = Array.from({ length: LARGEST + 1 }, (_, size) => mth(leaves.slice(0, size)));
const rootAt = (size: number) => roots[size] as Uint8Array;
const flipped = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 7 ? byte ^ 1 : byte));

describe('SHA-256 in plain JavaScript', () => {
  it('is the system’s, for text of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => sameBytes(sha256Plain(bytes), sha256(bytes))),
      { numRuns: 2_000 },
    );
  });

  it('fits the standard’s own example', () => {
    expect(toHex(sha256Plain(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('the vectors of RFC 6962’s reference implementation', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const expected = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const hashes = inputs.map((hex) => leafHash(sha256, fromHex(hex) as Uint8Array));

  it('give these roots, appended one by one', () => {
    let tree = EMPTY_TREE;
    expect(toHex(rootOf(sha256, tree))).toBe(expected[0]);
    for (const [at, leaf] of hashes.entries()) {
      tree = appendLeaves(sha256, tree, [leaf]);
      expect(toHex(rootOf(sha256, tree))).toBe(expected[at + 1]);
    }
  });

  it('give this path of the first of eight', async () => {
    const path = await inclusionPath(sha256, perfectOf(hashes), 0, 8);
    expect(path.map(toHex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
  });
});

describe('every tree of up to 130 entries', () => {
  it('has the root of the definition when it is appended in two parts, cut anywhere', () => {
    for (let size = 0; size <= LARGEST; size += 1) {
      for (const cut of [0, 1, size >> 1, size - 1, size].filter((at) => at >= 0 && at <= size)) {
        const tree = appendLeaves(
          sha256,
          appendLeaves(sha256, EMPTY_TREE, leaves.slice(0, cut)),
          leaves.slice(cut, size),
        );
        expect(tree.size).toBe(size);
        expect(sameBytes(rootOf(sha256, tree), rootAt(size))).toBe(true);
      }
    }
  });

  it('proves each of its entries, in its own place and in no other', async () => {
    const perfect = perfectOf(leaves);
    let wrong = 0;
    for (let size = 1; size <= LARGEST; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const leaf = leaves[index] as Uint8Array;
        const path = await inclusionPath(sha256, perfect, index, size);
        const proves = (at: number, hash = leaf, hashes = path, among = size) => {
          const root = rootFromPath(sha256, hash, at, among, hashes);
          return root !== null && sameBytes(root, rootAt(size));
        };
        if (!proves(index)) wrong += 1;
        if (proves(index, flipped(leaf))) wrong += 1;
        if (size > 1 && proves((index + 1) % size)) wrong += 1;
        if (proves(index, leaf, [...path, leaf]) || (path.length > 0 && proves(index, leaf, path.slice(1)))) wrong += 1;
        const bad = path.map((hash, at) => (at === index % path.length ? flipped(hash) : hash));
        if (path.length > 0 && proves(index, leaf, bad)) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it('continues each smaller one, and no forged one', async () => {
    const perfect = perfectOf(leaves);
    let wrong = 0;
    for (let newer = 1; newer <= LARGEST; newer += 1) {
      for (let older = 1; older <= newer; older += 1) {
        const path = await consistencyPath(sha256, perfect, older, newer);
        const [was, is] = [rootAt(older), rootAt(newer)];
        const holds = (a = was, b = is, hashes = path) =>
          isConsistent(sha256, { size: older, root: a }, { size: newer, root: b }, hashes);
        if (!holds()) wrong += 1;
        if (holds(flipped(was)) || holds(was, flipped(is)) || holds(was, is, [...path, was])) wrong += 1;
        const bad = path.map((hash, at) => (at === older % path.length ? flipped(hash) : hash));
        if (path.length > 0 && (holds(was, is, bad) || holds(was, is, path.slice(1)))) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it('is continued from nothing, and never backwards', () => {
    const empty = { size: 0, root: rootAt(0) };
    expect(isConsistent(sha256, empty, { size: 5, root: rootAt(5) }, [])).toBe(true);
    expect(isConsistent(sha256, { ...empty, root: rootAt(1) }, { size: 5, root: rootAt(5) }, [])).toBe(false);
    expect(isConsistent(sha256, { size: 5, root: rootAt(5) }, { size: 4, root: rootAt(4) }, [])).toBe(false);
  });
});

describe('tiles', () => {
  it('have the paths of the specification, and each path one tile', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1');
    expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112');
    const index = fc.integer({ min: 0, max: 999_999_999_999 });
    const tile = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index,
      width: fc.integer({ min: 1, max: TILE_WIDTH }),
    });
    fc.assert(fc.property(tile, (one) => void expect(tileAt(tilePath(one))).toEqual(one)));
    const none = ['tile/0/0', 'tile/00/000', 'tile/64/000', 'tile/0/x000/001', 'tile/0/000.p/0', 'tile/0/000.p/256'];
    for (const path of [...none, 'tile/0/000.p/01', 'tile/0/001/000', 'tile/-1/000', 'tile/0/../000', ''])
      expect(tileAt(path)).toBeNull();
  });

  it('are as wide as the specification’s example of 70,000 entries says', () => {
    expect(tileWidth(0, 272, 70_000)).toBe(256);
    expect([tileWidth(0, 273, 70_000), tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([112, 17, 1]);
    expect([tileWidth(0, 274, 70_000), tileWidth(3, 0, 70_000), tileWidth(1, 0, 256)]).toEqual([0, 0, 1]);
  });

  it('give the proofs of a tree that is larger than a tile', async () => {
    const many = Array.from({ length: 66_000 }, (_, at) =>
      leafHash(sha256, Uint8Array.of(at >> 16, (at >> 8) & 255, at & 255)),
    );
    const levels = new Map<number, Uint8Array[]>([[0, many]]);
    const keep = ({ height, position, root }: Completed) => {
      if (height % 8 !== 0) return;
      const level = levels.get(height / 8) ?? [];
      level[position] = root;
      levels.set(height / 8, level);
    };
    const size = many.length;
    const head = { size, root: rootOf(sha256, appendLeaves(sha256, EMPTY_TREE, many, keep)) };
    const tiles = perfectFromTiles(sha256, size, async ({ level, index, width }) =>
      Buffer.concat((levels.get(level) ?? []).slice(index * 256, index * 256 + width)),
    );
    for (const index of [0, 255, 256, 65_535, 65_536, 65_999]) {
      const path = await inclusionPath(sha256, tiles, index, size);
      expect(rootFromPath(sha256, many[index] as Uint8Array, index, size, path)).toEqual(head.root);
    }
    for (const older of [1, 255, 256, 257, 65_536, 65_999]) {
      const root = rootOf(sha256, appendLeaves(sha256, EMPTY_TREE, many.slice(0, older)));
      const path = await consistencyPath(sha256, tiles, older, size);
      expect(isConsistent(sha256, { size: older, root }, head, path)).toBe(true);
    }
    const broken = perfectFromTiles(sha256, size, async () => new Uint8Array(31));
    await expect(inclusionPath(sha256, broken, 0, size)).rejects.toThrow('not as long as it says');
  });
});
