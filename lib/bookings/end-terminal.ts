import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { TERMINAL_KEY_SECONDS, type TerminalEnd } from './terminal.ts';

/**
 * A terminal that was attached is over. Its key goes with it, at once, but for a connection that was only lost: that is taken
 * up again with the same key within two minutes. Again is no error.
 */
export async function endTerminal(terminalId: string, reason: TerminalEnd, world: World = theWorld): Promise<void> {
  const now = world.now();
  const keyUntil = reason === 'lost' ? addSeconds(now, TERMINAL_KEY_SECONDS) : now;
  await inTransaction('end terminal', async (tx) => {
    const { count } = await tx.terminal.updateMany({
      where: { id: terminalId, endedAt: null },
      data: { endedAt: now, endReason: reason, keyUntil },
    });
    // Closed from elsewhere: its key goes now, whatever its carrier says.
    if (count === 0 && reason !== 'lost')
      await tx.terminal.updateMany({ where: { id: terminalId, keyUntil: { gt: now } }, data: { keyUntil: now } });
  });
}
