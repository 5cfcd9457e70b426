import { requireActive } from '#lib/auth/permission.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import { readSshKey } from '#lib/auth/ssh-key.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { leasePermit } from '#protocol/lease.ts';
import { type LockedBooking, lockBooking } from './lock-booking.ts';
import { reviseLease } from './revise-lease.ts';
import type { OpenTerminalInput } from './schema.ts';
import {
  TERMINAL_GONE_SECONDS,
  TERMINAL_KEY_SECONDS,
  TERMINAL_RATE,
  TERMINALS_AT_ONCE,
  TICKET_SECONDS,
  whyNotTerminal,
} from './terminal.ts';

export type OpenedTerminal = {
  readonly terminalId: string;
  /** Attaches it, once, within {@link TICKET_SECONDS}, by the same session. */
  readonly ticket: string;
  /** The key that the machine must show. */
  readonly hostKey: string;
};

/**
 * The renter opens a terminal in a page: the rental lets in the key that their browser made, by a new revision of its lease, until
 * the terminal is closed. Only from a browser session, which it ends with. Refuses with `notNow` (stopped, not ready, switched off, four are open), `tooManyAttempts`,
 * `badInput` (`publicKey`), `forbidden`, `suspended` or `notFound`.
 */
export async function openTerminal(
  actor: Actor,
  input: OpenTerminalInput,
  world: World = theWorld,
): Promise<OpenedTerminal> {
  requireActive(actor);
  const key = readSshKey(input.publicKey);
  if ('problem' in key || key.kind !== 'ssh-ed25519')
    throw new Refusal('badInput', { publicKey: 'A terminal needs an Ed25519 key.' });
  return inTransaction('open terminal', async (tx) => {
    const booking = await lockBooking(tx, { id: input.bookingId, renterId: actor.userId });
    return open(tx, actor, booking, key.publicKey, world.now());
  });
}

async function open(
  tx: Tx,
  actor: Actor,
  booking: LockedBooking,
  publicKey: string,
  now: Date,
): Promise<OpenedTerminal> {
  const bookingId = booking.id;
  const session = await tx.session.findFirst({
    where: { id: actor.sessionId, userId: actor.userId, kind: 'browser', revokedAt: null },
    select: { label: true },
  });
  if (session === null) throw new Refusal('forbidden', {}, 'A terminal opens in a browser. Programs use ssh.');
  const locked = await tx.terminalLock.findUnique({ where: { bookingId }, select: { lockedAt: true } });
  refuseIf(whyNotTerminal(booking, locked !== null, now));
  if (booking.hostKey === null) throw new Refusal('notNow', {}, 'Its machine is not ready yet. Try again in a moment.');
  await requireRoom(tx, bookingId, now);
  const first = await tx.terminal.findFirst({ where: { bookingId, sessionId: actor.sessionId }, select: { id: true } });
  const id = newId('terminal', now);
  const ticket = newSecret();
  await tx.terminal.create({
    data: {
      id,
      bookingId,
      userId: actor.userId,
      sessionId: actor.sessionId,
      publicKey,
      ticketHash: hashOfSecret(ticket),
      ticketUntil: addSeconds(now, TICKET_SECONDS),
      openedAt: now,
      keyUntil: addSeconds(now, TERMINAL_KEY_SECONDS),
    },
  });
  // One that takes up a lost connection is let in already.
  const { authorizedKeys } = leasePermit.parse(JSON.parse(booking.lease.permit));
  if (!authorizedKeys.includes(publicKey)) await reviseLease(tx, booking, {}, now);
  const data = { terminalId: id, session: session.label };
  const about = { userId: actor.userId, bookingId, machineId: booking.machineId, data };
  // The agent hears of the new revision by the machine's generation; people hear of a session's first terminal.
  await recordEvent(tx, actor, { kind: 'terminal.opened', ...about, data: { ...data, first: first === null } }, now);
  return { terminalId: id, ticket, hostKey: booking.hostKey };
}

async function requireRoom(tx: Tx, bookingId: string, now: Date): Promise<void> {
  const lately = await tx.terminal.findMany({
    where: { bookingId, openedAt: { gt: addSeconds(now, -TERMINAL_RATE.withinSeconds) } },
    select: { id: true },
  });
  if (lately.length >= TERMINAL_RATE.most)
    throw new Refusal(
      'tooManyAttempts',
      {},
      'Many terminals were opened within a few minutes. Wait a little, or use ssh.',
    );
  const open = await tx.terminal.count({
    where: {
      bookingId,
      endedAt: null,
      OR: [{ attachedAt: null, ticketUntil: { gt: now } }, { seenAt: { gt: addSeconds(now, -TERMINAL_GONE_SECONDS) } }],
    },
  });
  if (open >= TERMINALS_AT_ONCE)
    throw new Refusal(
      'notNow',
      {},
      `${TERMINALS_AT_ONCE} terminals of this booking are open. Close one of them, or use ssh.`,
    );
}
