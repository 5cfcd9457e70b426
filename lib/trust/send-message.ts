import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { requireIdempotencyKey } from '#lib/base/idempotency-key.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { HOUR, theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { type LockedThread, lockThread } from './lock-thread.ts';
import type { SendMessageInput } from './schema.ts';
import { cleanText, howToTell, messageProblem, rateProblem, whyNotWrite } from './thread.ts';

/**
 * One side of a booking writes to the other. The same key sends once. Refuses with `badInput` (`text`), `notNow` long after the
 * end, `tooManyAttempts`, `conflict` (a key with another text), `suspended`, or `notFound` for everybody else.
 */
export async function sendMessage(
  actor: Actor,
  input: SendMessageInput,
  world: World = theWorld,
): Promise<{ readonly messageId: string }> {
  requireActive(actor);
  requireIdempotencyKey(input.idempotencyKey);
  const text = cleanText(input.text);
  const problem = messageProblem(text);
  if (problem !== null) throw new Refusal('badInput', { text: problem });
  return inTransaction('send message', async (tx) => {
    const thread = await lockThread(tx, input.bookingId, actor.userId);
    return { messageId: await send(tx, actor, thread, { text, key: input.idempotencyKey }, world.now()) };
  });
}

async function send(
  tx: Tx,
  actor: Actor,
  thread: LockedThread,
  message: { readonly text: string; readonly key: string },
  now: Date,
): Promise<string> {
  const { bookingId, side, other } = thread;
  const sent = await tx.message.findUnique({
    where: { authorId_idempotencyKey: { authorId: actor.userId, idempotencyKey: message.key } },
    select: { id: true, bookingId: true, text: true },
  });
  if (sent !== null) {
    if (sent.bookingId === bookingId && sent.text === message.text) return sent.id;
    throw new Refusal('conflict', {}, 'Something else was sent under this key. Send it under a new one.');
  }
  refuseIf(whyNotWrite(thread, now));
  const lately = await tx.message.findMany({
    where: { authorId: actor.userId, bookingId, sentAt: { gt: new Date(now.getTime() - HOUR) } },
    select: { sentAt: true },
  });
  const tooMany = rateProblem(
    lately.map(({ sentAt }) => sentAt),
    now,
  );
  if (tooMany !== null) throw new Refusal('tooManyAttempts', {}, tooMany);
  const unread = await tx.message.findFirst({
    where: { bookingId, authorId: actor.userId, id: { gt: other.readUpTo } },
    select: { id: true },
  });
  const at = await momentAfterLast(tx, bookingId, now);
  const id = newId('message', at);
  await tx.message.create({
    data: { id, bookingId, authorId: actor.userId, side, text: message.text, idempotencyKey: message.key, sentAt: at },
  });
  const told = howToTell({ ...other, unreadBefore: unread !== null }, now);
  await tx.threadSide.update({
    where: { bookingId_userId: { bookingId, userId: other.userId } },
    data: { ...(told.bell ? { toldAt: now } : {}), ...(told.mail ? { mailedAt: now } : {}) },
  });
  await tellListeners(tx, { booking: bookingId, user: other.userId });
  if (told.bell) {
    await recordEvent(
      tx,
      actor,
      {
        kind: 'message.sent',
        userId: other.userId,
        bookingId,
        machineId: thread.machineId,
        data: { messageId: id, side, mail: told.mail },
      },
      now,
    );
  }
  return id;
}

/** Ids sort by their millisecond: within one thread no two messages share one, so that "read up to" means one place. */
async function momentAfterLast(tx: Tx, bookingId: string, now: Date): Promise<Date> {
  const last = await tx.message.findFirst({ where: { bookingId }, orderBy: { id: 'desc' }, select: { sentAt: true } });
  return last === null || last.sentAt < now ? now : new Date(last.sentAt.getTime() + 1);
}
