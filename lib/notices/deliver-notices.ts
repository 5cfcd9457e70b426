import { zoneOfMails } from '#lib/auth/preferences.ts';
import { queueMail } from '#lib/auth/queue-mail.ts';
import { newId } from '#lib/base/id.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { tellListeners } from '#lib/events/tell-listeners.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { log } from '#lib/io/log.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';
import { letterOfNotice } from './letter-of-notice.ts';
import { noticesOf } from './notice.ts';
import { eventFacts, unnoticedEvents } from './queries.ts';
import { type Choice, type TopicName, topicOf, waysOf } from './topic.ts';

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
  const told = await ways(tx, facts);
  await tx.notice.createMany({
    data: told
      .filter(({ way }) => way.inApp)
      .map(({ notice: { userId, title, body, link } }) => ({
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
    told.filter(({ way }) => way.mail),
    now,
  );
  for (const { notice, way } of told) if (way.inApp) await tellListeners(tx, { user: notice.userId });
  return true;
}

type Told = { readonly notice: NewNotice; readonly topic: TopicName; readonly way: Choice };

/** Whom to tell what, and on which ways each of them chose. */
async function ways(tx: Tx, facts: EventFacts): Promise<Told[]> {
  const meant = noticesOf(facts);
  if (meant.length === 0) return [];
  const readers = await tx.user.findMany({
    where: { id: { in: meant.map(({ userId }) => userId) } },
    select: { id: true, timeZone: true, browserZone: true, locale: true, deletedAt: true },
  });
  const notices = meant.flatMap(({ userId }) => {
    const reader = readers.find(({ id }) => id === userId);
    // Nobody is told who is gone.
    if (reader !== undefined && reader.deletedAt !== null) return [];
    const times = reader === undefined ? undefined : { timeZone: zoneOfMails(reader), locale: reader.locale };
    const notice = noticesOf({ ...facts, times }).find((one) => one.userId === userId);
    return notice === undefined ? [] : [{ notice, topic: topicOf(facts, userId) }];
  });
  if (notices.length === 0) return [];
  const chosen = await tx.noticeChoice.findMany({
    where: { OR: notices.map(({ notice, topic }) => ({ userId: notice.userId, topic })) },
    select: { userId: true, topic: true, inApp: true, mail: true },
  });
  return notices.map(({ notice, topic }) => {
    const choice = chosen.find((one) => one.userId === notice.userId && one.topic === topic);
    return { notice, topic, way: waysOf(topic, choice, notice) };
  });
}

async function mail(tx: Tx, told: readonly Told[], now: Date): Promise<void> {
  if (told.length === 0) return;
  const people = await tx.user.findMany({
    where: { id: { in: told.map(({ notice }) => notice.userId) } },
    select: { id: true, email: true, name: true },
  });
  const { publicUrl, sessionSecret: secret } = env();
  for (const { notice, topic } of told) {
    const to = people.find((person) => person.id === notice.userId);
    if (to !== undefined) await queueMail(tx, letterOfNotice(notice, topic, to, { publicUrl, secret }), now);
  }
}
