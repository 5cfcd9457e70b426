import { nodeHash, type PerfectRoot } from './log-tree.ts';
import type { Sha256 } from './sha256.ts';

/** Tiles as https://c2sp.org/tlog-tiles lays them out: 256 hashes of one level, a level eight heights above the one below. */

export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** `entries`: the entries themselves; else the level of the hashes. */
export type Tile = { readonly level: number | 'entries'; readonly index: number; readonly width: number };

/** The path of a tile below the log's address: `tile/0/x001/x234/067` or, when it is not full, `tile/0/000.p/12`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  const named = parts.map((part, at) => (at < parts.length - 1 ? `x${part}` : part)).join('/');
  return `tile/${level}/${named}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The tile that a path names; null for anything that {@link tilePath} would not write. */
export function tileAt(path: string): Tile | null {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return null;
  const [, level = '', index = '', width] = match;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const partial = width === undefined || (tile.width >= 1 && tile.width < TILE_WIDTH);
  return partial && tilePath(tile) === path && (tile.level === 'entries' || tile.level < 64) ? tile : null;
}

/** How many hashes a tile has in a tree of `size` entries; 0 when there is no such tile. */
export function tileWidth(level: Tile['level'], index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The hashes of a tile, one after the other. */
export type ReadTile = (tile: Tile & { readonly level: number }) => Promise<Uint8Array>;

/**
 * Roots of perfect subtrees of a tree of `size` entries, from its tiles. Each tile is read once. What comes out is as true
 * as the tiles: only a proof that fits a signed root makes it so. Rejects when a tile is not there or has a wrong length.
 */
export function perfectFromTiles(sha256: Sha256, size: number, read: ReadTile): PerfectRoot {
  const tiles = new Map<string, Promise<Uint8Array>>();
  const tileOf = (level: number, index: number): Promise<Uint8Array> => {
    const width = tileWidth(level, index, size);
    const key = tilePath({ level, index, width });
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const tile = read({ level, index, width }).then((bytes) => {
      if (width === 0 || bytes.length !== width * HASH_BYTES)
        throw new Error(`The log's ${key} is not as long as it says.`);
      return bytes;
    });
    tiles.set(key, tile);
    return tile;
  };
  const roots = new Map<string, Uint8Array>();
  const perfect = async (height: number, position: number): Promise<Uint8Array> => {
    const key = `${height}/${position}`;
    const known = roots.get(key);
    if (known !== undefined) return known;
    const root = await perfectIn(height, position);
    roots.set(key, root);
    return root;
  };
  const perfectIn = async (height: number, position: number): Promise<Uint8Array> => {
    if (height % TILE_HEIGHT > 0)
      return nodeHash(sha256, await perfect(height - 1, 2 * position), await perfect(height - 1, 2 * position + 1));
    const bytes = await tileOf(height / TILE_HEIGHT, Math.floor(position / TILE_WIDTH));
    const start = (position % TILE_WIDTH) * HASH_BYTES;
    return bytes.subarray(start, start + HASH_BYTES);
  };
  return perfect;
}
