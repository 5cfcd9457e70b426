import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { type LogLine, type LogStream, lineReader } from '../log-lines.ts';

/** A piece of what a rental printed. `offset` counts bytes since the rental began. */
export type LogPiece = {
  readonly offset: number;
  readonly at: Date;
  readonly stream: string;
  readonly text: string;
};

const MOST_PIECES = 500;
const MOST_CHARACTERS = 256 * 1024;
/** Read in small steps, because a piece may be 64 KiB long. */
const PIECES_A_STEP = 50;

/**
 * What a rental printed, oldest first, for its renter only: not for the host, not for staff. After a given offset the next
 * pieces, without one the newest; at most 500 pieces and about 256 KiB. What is not the viewer's is not found.
 */
export async function logsOf(
  actor: Actor,
  bookingId: string,
  ask: { readonly after?: number | undefined },
): Promise<readonly LogPiece[]> {
  await ownedBy(actor, bookingId);
  return ask.after === undefined
    ? (await piecesOf(bookingId, 'desc', undefined)).reverse()
    : piecesOf(bookingId, 'asc', BigInt(ask.after));
}

async function piecesOf(bookingId: string, order: 'asc' | 'desc', start: bigint | undefined): Promise<LogPiece[]> {
  const pieces: LogPiece[] = [];
  let characters = 0;
  for (let from = start; ; ) {
    const found = await db.logChunk.findMany({
      where: { bookingId, ...(from === undefined ? {} : { offset: order === 'asc' ? { gt: from } : { lt: from } }) },
      orderBy: { offset: order },
      take: PIECES_A_STEP,
      select: { offset: true, at: true, stream: true, text: true },
    });
    for (const row of found) {
      characters += row.text.length;
      if (pieces.length === MOST_PIECES || (pieces.length > 0 && characters > MOST_CHARACTERS)) return pieces;
      pieces.push({ ...row, offset: Number(row.offset) });
    }
    if (found.length < PIECES_A_STEP) return pieces;
    from = found.at(-1)?.offset;
  }
}

async function ownedBy(actor: Actor, bookingId: string): Promise<void> {
  const where = { id: bookingId, renterId: actor.userId };
  if ((await db.booking.findFirst({ where, select: { id: true } })) === null) throw new Refusal('notFound');
}

/** All that is kept of what a rental printed is a few megabytes: it is read in steps of so many pieces. */
const PIECES_OF_ALL = 2_000;

/** All that is kept, oldest first, step by step; for its renter only. What is not the viewer's is not found, at the first step. */
export async function* wholeLogOf(actor: Actor, bookingId: string): AsyncGenerator<LogPiece[]> {
  await ownedBy(actor, bookingId);
  for (let from = -1n; ; ) {
    const found = await db.logChunk.findMany({
      where: { bookingId, offset: { gt: from } },
      orderBy: { offset: 'asc' },
      take: PIECES_OF_ALL,
      select: { offset: true, at: true, stream: true, text: true },
    });
    yield found.map((row) => ({ ...row, offset: Number(row.offset) }));
    const last = found.at(-1);
    if (last === undefined || found.length < PIECES_OF_ALL) return;
    from = last.offset;
  }
}

/** Lines of a log that were looked for: the newest, and how many there are. */
export type FoundLines = { readonly rows: readonly LogLine<Date>[]; readonly total: number };

const MOST_FOUND = 200;

/**
 * The lines that hold a text, whatever its case, and come from a stream where one is named: the newest 200, oldest first. For
 * its renter only; what is not the viewer's is not found.
 */
export async function searchLogs(
  actor: Actor,
  bookingId: string,
  ask: { readonly text: string; readonly stream?: LogStream | undefined },
): Promise<FoundLines> {
  const wanted = ask.text.toLowerCase();
  const reader = lineReader<Date>();
  let rows: LogLine<Date>[] = [];
  let total = 0;
  const look = (lines: Iterable<LogLine<Date>>) => {
    for (const line of lines) {
      if ((ask.stream !== undefined && line.stream !== ask.stream) || !line.text.toLowerCase().includes(wanted))
        continue;
      total += 1;
      rows.push(line);
      if (rows.length >= 2 * MOST_FOUND) rows = rows.slice(-MOST_FOUND);
    }
  };
  for await (const pieces of wholeLogOf(actor, bookingId)) for (const piece of pieces) look(reader.read(piece));
  look(reader.rest());
  return { rows: rows.slice(-MOST_FOUND), total };
}
