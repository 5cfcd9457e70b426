import { db, type Reader } from '#lib/io/db.ts';
import { fromBase64url, fromHex, joinBytes, toHex } from '#protocol/base64.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { formatLogKey, type LogKey } from '#protocol/log-checkpoint.ts';
import { formatProof } from '#protocol/log-proof.ts';
import { perfectFromTiles, TILE_WIDTH, type Tile, tileWidth } from '#protocol/log-tiles.ts';
import { inclusionPath, leafHash, type PerfectRoot } from '#protocol/log-tree.ts';

/** A signed head of the public log. */
export type SignedHead = {
  readonly size: number;
  readonly root: Uint8Array;
  /** The checkpoint to the byte. */
  readonly note: string;
  readonly signedAt: Date;
};

const columns = { size: true, root: true, note: true, signedAt: true } as const;

/** The newest signed head, or the first one of at least `atLeast` entries; null when there is none. For everybody. */
export async function signedHead(atLeast?: number, reader: Reader = db): Promise<SignedHead | null> {
  const row = await reader.logCheckpoint.findFirst({
    where: atLeast === undefined ? {} : { size: { gte: BigInt(atLeast) } },
    orderBy: { size: atLeast === undefined ? 'desc' : 'asc' },
    select: columns,
  });
  return row === null ? null : { ...row, size: Number(row.size) };
}

/** The log's name and key; null before its first entry. For everybody. */
export async function logKeyOf(reader: Reader = db): Promise<{ readonly key: LogKey; readonly line: string } | null> {
  const row = await reader.logIdentity.findUnique({ where: { id: 1 } });
  const raw = row === null ? null : fromBase64url(row.key);
  if (row === null || raw === null) return null;
  const key = { name: row.origin, key: raw };
  return { key, line: formatLogKey(sha256Bytes, key) };
}

/** The bytes of a tile as far as there are signed entries for it; null when it does not exist (yet). For everybody. */
export async function tileBytes(tile: Tile, reader: Reader = db): Promise<Uint8Array | null> {
  const { level, index, width } = tile;
  const head = await reader.logCheckpoint.findFirst({ orderBy: { size: 'desc' }, select: { size: true } });
  if (head === null || tileWidth(level, index, Number(head.size)) < width) return null;
  const from = BigInt(index) * BigInt(TILE_WIDTH);
  const range = { gte: from, lt: from + BigInt(width) };
  if (level !== 'entries' && level > 0) {
    const where = { level, index: range };
    const rows = await reader.logSubtree.findMany({ where, orderBy: { index: 'asc' }, select: { root: true } });
    return joinBytes(...rows.map((row) => row.root));
  }
  const rows = await reader.logEntry.findMany({
    where: { index: range },
    orderBy: { index: 'asc' },
    select: { entry: true },
  });
  if (level === 0) return joinBytes(...rows.map((row) => leafHash(sha256Bytes, row.entry)));
  return joinBytes(...rows.flatMap((row) => [Uint8Array.of(0, row.entry.length), row.entry]));
}

/** Roots of subtrees of the log as it was with `size` entries, for proofs; each tile is read once. */
export function perfectRoots(size: number, reader: Reader = db): PerfectRoot {
  return perfectFromTiles(sha256Bytes, size, async (tile) => (await tileBytes(tile, reader)) ?? new Uint8Array());
}

/** Where an entry stands, proved: what anybody may know of it. */
export type FoundEntry = {
  readonly index: number;
  readonly entry: string;
  readonly loggedAt: Date;
  /** A proof as a text file that stands alone. */
  readonly proof: string;
};

/** Looks an entry up by its 32 bytes in hex, or by its place. Null when there is none; says nothing of whose it is. */
export async function findEntry(asked: string): Promise<FoundEntry | null> {
  const text = asked.trim().toLowerCase();
  const bytes = fromHex(text);
  const where =
    bytes?.length === 32 ? { entry: joinBytes(bytes) } : /^\d{1,12}$/.test(text) ? { index: BigInt(text) } : null;
  if (where === null) return null;
  const [row, head] = await Promise.all([
    db.logEntry.findFirst({ where, select: { index: true, entry: true, loggedAt: true } }),
    signedHead(),
  ]);
  if (row === null || head === null || Number(row.index) >= head.size) return null;
  const index = Number(row.index);
  const path = await inclusionPath(sha256Bytes, perfectRoots(head.size), index, head.size);
  const proof = formatProof({ index, path, checkpoint: head.note });
  return { index, entry: toHex(row.entry), loggedAt: row.loggedAt, proof };
}

/** How the log is: for everybody. */
export type LogHealth = {
  readonly head: SignedHead;
  readonly keyLine: string;
  /** Records that are not in the log yet, and since when the oldest of them waits. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
  /** Machines whose agents keep a checkpoint, and those that refused one. */
  readonly witnesses: number;
  readonly witnessesUpToDate: number;
  readonly refusals: number;
};

/** An agent that saw the log within this time counts as a witness of it. */
export const WITNESS_FRESH_SECONDS = 15 * 60;

/** Null before the first entry. */
export async function logHealth(now: Date): Promise<LogHealth | null> {
  const [head, key, waiting, witnesses, fresh, refusals] = await Promise.all([
    signedHead(),
    logKeyOf(),
    db.logWaiting.aggregate({ _count: true, _min: { since: true } }),
    db.logWitness.count(),
    db.logWitness.count({ where: { seenAt: { gte: new Date(now.getTime() - WITNESS_FRESH_SECONDS * 1_000) } } }),
    db.logWitness.count({ where: { problem: { not: null } } }),
  ]);
  if (head === null || key === null) return null;
  return {
    head,
    keyLine: key.line,
    waiting: waiting._count,
    waitingSince: waiting._min.since,
    witnesses,
    witnessesUpToDate: fresh,
    refusals,
  };
}

const MOST_NOTES = 16;

/** The newest of the different checkpoints that agents said they saw. For everybody. */
export async function witnessedNotes(): Promise<string[]> {
  const rows = await db.logWitness.findMany({
    orderBy: { seenAt: 'desc' },
    distinct: ['note'],
    take: MOST_NOTES,
    select: { note: true },
  });
  return rows.map((row) => row.note);
}
