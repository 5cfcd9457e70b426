import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';

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
  const where = { id: bookingId, renterId: actor.userId };
  if ((await db.booking.findFirst({ where, select: { id: true } })) === null) throw new Refusal('notFound');
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
