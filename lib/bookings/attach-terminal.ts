import { hashOfSecret } from '#lib/auth/secret.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { TERMINAL_KEY_SECONDS } from './terminal.ts';

/** Where the bytes of a terminal go: the port of its booking on the gateway, as this process reaches it. */
export type TerminalPlace = { readonly bookingId: string; readonly host: string; readonly port: number };

/**
 * A ticket is used up: whoever holds it, in the session that it was given to, attaches its terminal. Refuses with `linkInvalid`
 * (unknown, of another session, used, too old) or `unavailable` (no gateway).
 */
export async function attachTerminal(
  actor: Actor,
  input: { readonly terminalId: string; readonly ticket: string },
  world: World = theWorld,
): Promise<TerminalPlace> {
  const now = world.now();
  return inTransaction('attach terminal', async (tx) => {
    const { count } = await tx.terminal.updateMany({
      where: {
        id: input.terminalId,
        ticketHash: hashOfSecret(input.ticket),
        userId: actor.userId,
        sessionId: actor.sessionId,
        attachedAt: null,
        endedAt: null,
        ticketUntil: { gt: now },
      },
      data: { attachedAt: now, seenAt: now, keyUntil: addSeconds(now, TERMINAL_KEY_SECONDS) },
    });
    if (count === 0) throw new Refusal('linkInvalid', {}, 'This ticket is no longer valid. Open the terminal again.');
    const { bookingId, booking } = await tx.terminal.findUniqueOrThrow({
      where: { id: input.terminalId },
      select: { bookingId: true, booking: { select: { gatewayName: true, gatewayPort: true } } },
    });
    const place = env().gateways.find(({ name }) => name === booking.gatewayName);
    if (place === undefined || booking.gatewayPort === null) throw new Refusal('unavailable');
    return { bookingId, host: place.innerHost ?? place.publicHost, port: booking.gatewayPort };
  });
}
