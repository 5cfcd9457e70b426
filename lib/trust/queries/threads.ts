import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { STAFF_READS_MS, type ThreadSide, whyNotWrite, writableUntil } from '../thread.ts';

export type ThreadMessage = {
  readonly id: string;
  readonly side: ThreadSide;
  readonly authorName: string;
  readonly text: string;
  readonly sentAt: Date;
  /** Written by the viewer. */
  readonly own: boolean;
  /** The other side has seen it. */
  readonly read: boolean;
  /** The viewer has not seen it before. */
  readonly unread: boolean;
  /** What became of it when the viewer reported it. */
  readonly report: 'open' | 'closed' | null;
};

/** What renter and host of a booking wrote to each other. */
export type Thread = {
  readonly bookingId: string;
  readonly bookingName: string;
  readonly side: ThreadSide | 'staff';
  readonly otherName: string;
  readonly machine: { readonly id: string; readonly name: string };
  /** The newest ones, oldest first. */
  readonly messages: readonly ThreadMessage[];
  /** There are older ones: ask for those before this id. */
  readonly before: string | null;
  readonly unread: number;
  /** Until when one can write; null while the rental is not over. */
  readonly writableUntil: Date | null;
  /** Why the viewer cannot write now; null when they can. */
  readonly whyNotWrite: string | null;
};

export type ThreadAsk = { readonly before?: string | undefined; readonly take?: number | undefined };

/**
 * The thread of a booking, for its renter and its host; for an admin when the booking is disputed and they said within the last hour
 * why they read it (lib/trust/open-thread-to-staff.ts). Else `notFound`, or `forbidden` for an admin who has not said so.
 */
export async function threadOf(actor: Actor, bookingId: string, ask: ThreadAsk, now: Date): Promise<Thread> {
  const take = Math.min(Math.max(1, ask.take ?? 50), 200);
  const booking = await db.booking.findUnique({
    where: { id: bookingId },
    select: {
      id: true,
      name: true,
      renterId: true,
      hostId: true,
      endedAt: true,
      renter: { select: { name: true } },
      host: { select: { name: true } },
      machine: { select: { id: true, name: true } },
      threadSides: { select: { userId: true, readUpTo: true } },
    },
  });
  if (booking === null) throw new Refusal('notFound');
  const { renterId, hostId } = booking;
  const side = actor.userId === renterId ? 'renter' : actor.userId === hostId ? 'host' : 'staff';
  if (side === 'staff') await requireOpened(actor, bookingId, now);
  const rows = await db.message.findMany({
    where: { bookingId, ...(ask.before === undefined || ask.before === '' ? {} : { id: { lt: ask.before } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: { id: true, side: true, authorId: true, text: true, sentAt: true },
  });
  const { rows: shown, next } = toPage(rows, take);
  const reports = await db.messageReport.findMany({
    where: { messageId: { in: shown.map(({ id }) => id) }, reporterId: actor.userId },
    select: { messageId: true, closedAt: true },
  });
  const readBy = (userId: string) => booking.threadSides.find((one) => one.userId === userId)?.readUpTo ?? '';
  const ownRead = readBy(actor.userId);
  const reportOf = (id: string): ThreadMessage['report'] => {
    const report = reports.find(({ messageId }) => messageId === id);
    return report === undefined ? null : report.closedAt === null ? 'open' : 'closed';
  };
  const messages = shown.toReversed().map(({ id, side: by, authorId, text, sentAt }) => ({
    id,
    side: by as ThreadSide,
    authorName: by === 'renter' ? booking.renter.name : booking.host.name,
    text,
    sentAt,
    own: authorId === actor.userId,
    read: id <= readBy(by === 'renter' ? hostId : renterId),
    unread: side !== 'staff' && authorId !== actor.userId && id > ownRead,
    report: reportOf(id),
  }));
  return {
    bookingId,
    bookingName: booking.name,
    side,
    otherName: side === 'renter' ? booking.host.name : booking.renter.name,
    machine: booking.machine,
    messages,
    before: next,
    unread: side === 'staff' ? 0 : await unreadAfter(actor.userId, bookingId, ownRead),
    writableUntil: writableUntil(booking),
    whyNotWrite:
      side === 'staff'
        ? 'Renter and host write here.'
        : actor.suspended
          ? new Refusal('suspended').sentence
          : (whyNotWrite(booking, now)?.sentence ?? null),
  };
}

async function requireOpened(actor: Actor, bookingId: string, now: Date): Promise<void> {
  if (actor.role !== 'admin' || actor.suspended) throw new Refusal('notFound');
  const disputed = await db.dispute.findFirst({ where: { bookingId }, select: { id: true } });
  if (disputed === null) throw new Refusal('notFound');
  const opened = await db.event.findFirst({
    where: {
      bookingId,
      kind: 'thread.openedToStaff',
      actorId: actor.userId,
      createdAt: { gt: new Date(now.getTime() - STAFF_READS_MS) },
    },
    select: { id: true },
  });
  if (opened === null)
    throw new Refusal(
      'forbidden',
      {},
      'Say first why you read this thread: it is written down, and both sides see it.',
    );
}

function unreadAfter(userId: string, bookingId: string, readUpTo: string): Promise<number> {
  return db.message.count({ where: { bookingId, authorId: { not: userId }, id: { gt: readUpTo } } });
}

/** How many messages of the other side of a booking the viewer has not seen. None where they are no side of it. */
export async function unreadIn(actor: Actor, bookingId: string): Promise<number> {
  const side = await db.threadSide.findUnique({
    where: { bookingId_userId: { bookingId, userId: actor.userId } },
    select: { readUpTo: true },
  });
  return side === null ? 0 : unreadAfter(actor.userId, bookingId, side.readUpTo);
}

export type ThreadRow = {
  /** Of the booking. */
  readonly id: string;
  readonly bookingName: string;
  readonly machine: { readonly id: string; readonly name: string };
  readonly side: ThreadSide;
  readonly otherName: string;
  readonly lastText: string;
  readonly lastOwn: boolean;
  readonly lastAt: Date;
  readonly unread: number;
};

export type ThreadsAsk = {
  /** Only those of one machine that the viewer hosts. */
  readonly machineId?: string | undefined;
  readonly unread?: boolean | undefined;
  /** Where the next page begins. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** The viewer's threads in which something was written, the newest message first. */
export async function threadsOf(actor: Actor, ask: ThreadsAsk = {}): Promise<Page<ThreadRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 30), 100);
  const machineId = ask.machineId ?? null;
  const after = ask.after === undefined || ask.after === '' ? null : ask.after;
  const rows = await db.$queryRaw<
    (Omit<ThreadRow, 'machine'> & { lastId: string; machineId: string; machineName: string })[]
  >`
    SELECT b.id, b.name AS "bookingName", m.id AS "machineId", m.name AS "machineName",
      CASE WHEN b.renter_id = ${actor.userId} THEN 'renter' ELSE 'host' END AS side,
      CASE WHEN b.renter_id = ${actor.userId} THEN h.name ELSE r.name END AS "otherName",
      last.id AS "lastId", left(last.text, 200) AS "lastText", last.author_id = ${actor.userId} AS "lastOwn", last.sent_at AS "lastAt",
      (SELECT count(*)::int FROM messages u WHERE u.booking_id = b.id AND u.author_id <> ${actor.userId} AND u.id > s.read_up_to) AS unread
    FROM thread_sides s
    JOIN bookings b ON b.id = s.booking_id
    JOIN users r ON r.id = b.renter_id JOIN users h ON h.id = b.host_id JOIN machines m ON m.id = b.machine_id
    JOIN LATERAL (SELECT * FROM messages l WHERE l.booking_id = b.id ORDER BY l.id DESC LIMIT 1) last ON true
    WHERE s.user_id = ${actor.userId}
      AND (${machineId}::text IS NULL OR (b.machine_id = ${machineId} AND b.host_id = ${actor.userId}))
      AND (${after}::text IS NULL OR last.id < ${after})
      AND (NOT ${ask.unread ?? false}::boolean OR EXISTS (
        SELECT 1 FROM messages u WHERE u.booking_id = b.id AND u.author_id <> ${actor.userId} AND u.id > s.read_up_to))
    ORDER BY last.id DESC LIMIT ${take + 1}::int`;
  const kept = rows.slice(0, take);
  return {
    rows: kept.map(({ lastId: _, machineId: id, machineName: name, ...row }) => ({ ...row, machine: { id, name } })),
    next: rows.length > take ? (kept.at(-1)?.lastId ?? null) : null,
  };
}

/** How many threads of the viewer hold something unread, up to 100. */
export async function unreadThreads(actor: Actor): Promise<number> {
  return (await threadsOf(actor, { unread: true, take: 100 })).rows.length;
}

export type MessageReportRow = {
  readonly id: string;
  readonly bookingId: string;
  readonly bookingName: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly reporter: { readonly id: string; readonly name: string };
  readonly text: string;
  readonly sentAt: Date;
  readonly reason: string;
  readonly reportedAt: Date;
  readonly closedAt: Date | null;
  readonly outcome: string | null;
};

/** Reported messages for admins: open ones oldest first, closed ones newest first. */
export async function messageReports(
  actor: Actor,
  ask: { readonly state: 'open' | 'closed'; readonly after?: string | undefined },
): Promise<Page<MessageReportRow>> {
  requireAdmin(actor);
  const open = ask.state === 'open';
  const from = ask.after === undefined || ask.after === '' ? {} : { id: open ? { gt: ask.after } : { lt: ask.after } };
  const named = { select: { id: true, name: true } } as const;
  const rows = await db.messageReport.findMany({
    where: { closedAt: open ? null : { not: null }, ...from },
    orderBy: { id: open ? 'asc' : 'desc' },
    take: 51,
    select: {
      id: true,
      bookingId: true,
      booking: { select: { name: true } },
      author: named,
      reporter: named,
      text: true,
      sentAt: true,
      reason: true,
      reportedAt: true,
      closedAt: true,
      outcome: true,
    },
  });
  return toPage(
    rows.map(({ booking, ...row }) => ({ ...row, bookingName: booking.name })),
    50,
  );
}
