import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { TERMINAL_GONE_SECONDS } from '../terminal.ts';

export type TerminalRow = {
  readonly id: string;
  readonly openedAt: Date;
  /** What the browser called itself. */
  readonly session: string;
  /** It belongs to the session that asks. */
  readonly here: boolean;
};

export type Terminals = {
  /** Terminals in pages were switched off for this booking, for good. */
  readonly locked: boolean;
  /** Open ones, the oldest first. */
  readonly open: readonly TerminalRow[];
};

/** The terminals that are open in pages for a booking, for its renter. What is not theirs is not found. */
export async function terminalsOf(actor: Actor, bookingId: string, now: Date): Promise<Terminals> {
  const booking = await db.booking.findFirst({
    where: { id: bookingId, renterId: actor.userId },
    select: {
      terminalLock: { select: { lockedAt: true } },
      terminals: {
        where: { endedAt: null, seenAt: { gt: addSeconds(now, -TERMINAL_GONE_SECONDS) } },
        orderBy: { id: 'asc' },
        select: { id: true, openedAt: true, sessionId: true },
      },
    },
  });
  if (booking === null) throw new Refusal('notFound');
  const sessions = await db.session.findMany({
    where: { id: { in: booking.terminals.map(({ sessionId }) => sessionId) } },
    select: { id: true, label: true },
  });
  const labelOf = (id: string) => sessions.find((session) => session.id === id)?.label ?? 'a browser';
  return {
    locked: booking.terminalLock !== null,
    open: booking.terminals.map(({ id, openedAt, sessionId }) => ({
      id,
      openedAt,
      session: labelOf(sessionId),
      here: sessionId === actor.sessionId,
    })),
  };
}
