import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { EventKind } from '#lib/events/event.ts';
import { db, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { EventFacts } from './event-facts.ts';
import { type Choice, TOPIC_NAMES, TOPICS, type Topic, type TopicName, whyFixed } from './topic.ts';

/** How many notices the viewer has not read, up to 100: the bell shows no more. */
export async function unreadCount(actor: Actor): Promise<number> {
  const rows = await db.notice.findMany({
    where: { userId: actor.userId, readAt: null },
    select: { id: true },
    take: 100,
  });
  return rows.length;
}

export type NoticeRow = {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly link: string | null;
  readonly createdAt: Date;
  readonly readAt: Date | null;
};

/** The viewer's notices, newest first. `after` is the last id of the page before. */
export async function noticesOfViewer(
  actor: Actor,
  ask: { readonly after?: string | undefined; readonly take?: number | undefined } = {},
): Promise<Page<NoticeRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 30), 100);
  const rows = await db.notice.findMany({
    where: { userId: actor.userId, ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: { id: true, title: true, body: true, link: true, createdAt: true, readAt: true },
  });
  return toPage(rows, take);
}

export type MailRow = {
  readonly id: string;
  readonly toAddress: string;
  readonly subject: string;
  readonly text: string;
  /** As a mail program shows it; null while it waits, and for old ones. */
  readonly html: string | null;
  readonly createdAt: Date;
};

export type NoticeLine = Topic & Choice & { readonly name: TopicName };

/** The matrix: every topic that concerns the viewer, with what they chose or get. Staff's own stand there for staff only. */
export async function noticeChoicesOf(actor: Actor): Promise<NoticeLine[]> {
  const chosen = await db.noticeChoice.findMany({
    where: { userId: actor.userId },
    select: { topic: true, inApp: true, mail: true },
  });
  return TOPIC_NAMES.filter((name) => TOPICS[name].side !== 'staff' || actor.role === 'admin').map((name) => {
    const topic: Topic = TOPICS[name];
    const choice = whyFixed(name) === null ? chosen.find((one) => one.topic === name) : undefined;
    return { ...topic, name, inApp: choice?.inApp ?? true, mail: choice?.mail ?? topic.mail };
  });
}

/** The outbox of a demo market, newest first: for its mail page only, which exists nowhere else. `publicUrl` is how links in it begin. */
export async function demoMail(
  ask: { readonly to?: string; readonly after?: string | undefined } = {},
): Promise<Page<MailRow> & { readonly publicUrl: string }> {
  const { demo, publicUrl } = env();
  if (!demo) throw new Refusal('notFound');
  const to = ask.to?.trim().toLowerCase() ?? '';
  const rows = await db.mail.findMany({
    where: { ...(to === '' ? {} : { toAddress: to }), ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: 26,
    select: { id: true, toAddress: true, subject: true, text: true, html: true, createdAt: true },
  });
  return { ...toPage(rows, 25), publicUrl };
}

/** Events of which nobody was told yet, oldest first. */
export async function unnoticedEvents(most: number): Promise<bigint[]> {
  const rows = await db.unnoticedEvent.findMany({
    orderBy: { eventId: 'asc' },
    take: most,
    select: { eventId: true },
  });
  return rows.map((row) => row.eventId);
}

/** An event with the names that notices about it need. */
export async function eventFacts(tx: Tx, eventId: bigint): Promise<EventFacts | null> {
  const event = await tx.event.findUnique({ where: { id: eventId } });
  if (event === null) return null;
  const booking = event.bookingId === null ? null : await bookingNamed(tx, event.bookingId);
  const machineId = event.machineId ?? booking?.machineId ?? null;
  const machine = machineId === null ? null : await machineNamed(tx, machineId, event.createdAt);
  const forAdmins =
    event.kind === 'machine.identityCopied' ||
    event.kind.startsWith('books.') ||
    event.kind.startsWith('dispute.') ||
    event.kind === 'message.reported' ||
    event.kind === 'log.refused' ||
    event.kind === 'reconciliation.differs' ||
    (event.kind === 'listing.published' && env().listingApproval === 'staff');
  const admins = forAdmins
    ? await tx.user.findMany({ where: { role: 'admin', suspendedAt: null }, select: { id: true } })
    : [];
  return {
    kind: event.kind as EventKind,
    actorId: event.actorId,
    userId: event.userId,
    reason: event.reason,
    data: event.data as Record<string, unknown>,
    at: event.createdAt,
    booking: booking?.named ?? null,
    machine,
    adminIds: admins.map((admin) => admin.id),
  };
}

async function bookingNamed(tx: Tx, id: string) {
  const row = await tx.booking.findUnique({
    where: { id },
    select: {
      id: true,
      name: true,
      renterId: true,
      hostId: true,
      machineId: true,
      reason: true,
      endsAt: true,
      diskUntil: true,
      startedAt: true,
      atExit: true,
      lease: { select: { chargedMicros: true, creditedMicros: true, feeMicros: true, refundedMicros: true } },
    },
  });
  if (row === null) return null;
  const { lease, machineId, atExit, ...rest } = row;
  const none = { chargedMicros: 0n, creditedMicros: 0n, feeMicros: 0n, refundedMicros: 0n };
  return { machineId, named: { ...rest, ofJob: atExit !== null, ...(lease ?? none) } };
}

async function machineNamed(tx: Tx, id: string, at: Date) {
  const row = await tx.machine.findUnique({
    where: { id },
    select: {
      id: true,
      name: true,
      hostId: true,
      bookings: {
        // Before a window begins its machine may be off.
        where: { desired: { not: 'ended' }, startsAt: { lte: at } },
        orderBy: { id: 'asc' },
        select: { id: true, name: true, renterId: true },
      },
    },
  });
  return row === null ? null : { id: row.id, name: row.name, hostId: row.hostId, rentals: row.bookings };
}
