import { queueMail } from '#lib/auth/queue-mail.ts';
import { newId } from '#lib/base/id.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import type { NewNotice } from './event-facts.ts';
import { noticesOf } from './notice.ts';
import { eventFacts, unnoticedEvents } from './queries.ts';

const MOST_AT_ONCE = 500;

/**
 * Sweep: tells people what happened since the last time. Each event is a transaction of its own that takes it off the
 * queue, writes the notices and puts their mail into the outbox: all or nothing, and once however many workers run. One
 * that fails is logged and waits; the others go on. Answers how many events were handled.
 */
export async function deliverNotices(world: World = theWorld): Promise<number> {
  let handled = 0;
  for (const eventId of await unnoticedEvents(MOST_AT_ONCE)) {
    try {
      if (await inTransaction('deliver-notices', (tx) => deliver(tx, eventId, world.now()))) handled += 1;
    } catch (error) {
      log.error({ err: error, event: eventId.toString() }, 'notices of an event failed; it waits for the next sweep');
    }
  }
  return handled;
}

async function deliver(tx: Tx, eventId: bigint, now: Date): Promise<boolean> {
  // Whoever deletes the row tells; another worker waits here and finds nothing left.
  const { count } = await tx.unnoticedEvent.deleteMany({ where: { eventId } });
  if (count === 0) return false;
  const facts = await eventFacts(tx, eventId);
  if (facts === null) return true;
  const told = noticesOf(facts);
  await tx.notice.createMany({
    data: told.map(({ userId, title, body, link }) => ({
      id: newId('notice', now),
      userId,
      kind: facts.kind,
      title,
      body,
      link,
      eventId,
      createdAt: now,
    })),
  });
  await mail(
    tx,
    told.filter((notice) => notice.mail),
    now,
  );
  for (const { userId } of told) await tellListeners(tx, { user: userId });
  return true;
}

async function mail(tx: Tx, notices: readonly NewNotice[], now: Date): Promise<void> {
  if (notices.length === 0) return;
  const people = await tx.user.findMany({
    where: { id: { in: notices.map((notice) => notice.userId) } },
    select: { id: true, email: true, name: true },
  });
  const { publicUrl } = env();
  for (const notice of notices) {
    const to = people.find((person) => person.id === notice.userId);
    if (to === undefined) continue;
    const link = notice.link === null ? '' : `\n\n${publicUrl}${notice.link}`;
    const text = `Hello ${to.name},\n\n${notice.title}.\n\n${notice.body}${link}\n\nSublet\n`;
    await queueMail(tx, { to: to.email, subject: notice.title, text }, now);
  }
}
