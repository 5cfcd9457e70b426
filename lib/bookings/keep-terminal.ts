import { sessionLives } from '#lib/auth/session.ts';
import { addSeconds, isBefore, theWorld, type World } from '#lib/base/time.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { TERMINAL_KEY_SECONDS, type TerminalEnd, whyTerminalEnds } from './terminal.ts';

/**
 * Whoever carries a terminal says that it lives, and hears whether it may go on: null, or why it has to end (session revoked or over,
 * person suspended, rental no longer running, closed from elsewhere).
 */
export async function keepTerminal(terminalId: string, world: World = theWorld): Promise<TerminalEnd | null> {
  const now = world.now();
  const terminal = await db.terminal.findUnique({
    where: { id: terminalId },
    select: {
      endedAt: true,
      sessionId: true,
      booking: {
        select: { desired: true, observed: true, endsAt: true, terminalLock: { select: { lockedAt: true } } },
      },
    },
  });
  if (terminal === null) return 'closed';
  const { booking, endedAt, sessionId } = terminal;
  const session = await db.session.findUnique({
    where: { id: sessionId },
    select: { expiresAt: true, revokedAt: true, lastSeenAt: true, kind: true, user: { select: { suspendedAt: true } } },
  });
  const why = whyTerminalEnds({
    endedAt,
    sessionLives: session !== null && sessionLives(session, now) && session.user.suspendedAt === null,
    connectable: booking.desired === 'running' && booking.observed === 'connectable' && isBefore(now, booking.endsAt),
    locked: booking.terminalLock !== null,
  });
  if (why !== null) return why;
  await inTransaction('keep terminal', (tx) =>
    tx.terminal.updateMany({
      where: { id: terminalId, endedAt: null },
      data: { seenAt: now, keyUntil: addSeconds(now, TERMINAL_KEY_SECONDS) },
    }),
  );
  return null;
}
