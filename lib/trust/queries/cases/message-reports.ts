import { db } from '#lib/io/db.ts';
import { day, personLink, type Queue } from './queue.ts';

const OPEN = { closedAt: null } as const;

/** Messages between renter and host that one of them showed to staff. They stand in the queue of reports. */
export const messageReports: Queue = {
  count: () => db.messageReport.count({ where: OPEN }),

  waiting: async (_now, take) => {
    const rows = await db.messageReport.findMany({
      where: OPEN,
      orderBy: { id: 'asc' },
      take,
      select: { id: true, reason: true, reportedAt: true, author: { select: { name: true } } },
    });
    return rows.map((row) => ({
      id: row.id,
      title: `A message of ${row.author.name}`,
      line: row.reason,
      since: row.reportedAt,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.messageReport.findUnique({
      where: { id },
      include: {
        author: { select: { id: true, name: true, createdAt: true } },
        reporter: { select: { id: true, name: true } },
      },
    });
    if (row === null) return null;
    const earlier = await db.messageReport.count({ where: { authorId: row.authorId, id: { not: id } } });
    const own = actor.userId === row.authorId || actor.userId === row.reporterId;
    return {
      title: `A message of ${row.author.name}`,
      line: row.reason,
      since: row.reportedAt,
      outcomes: ['warn', 'dismiss'],
      whyNot: own ? 'This report is yours, or about you: another admin decides.' : null,
      links: [
        { href: `/admin/bookings/${row.bookingId}`, label: 'The booking' },
        personLink(row.author),
        personLink(row.reporter),
      ],
      evidence: [
        { title: `${row.author.name} wrote`, quote: row.text },
        { title: `${row.reporter.name} says`, quote: row.reason },
        {
          title: row.author.name,
          facts: { 'Account since': day(row.author.createdAt), 'Other reported messages': String(earlier) },
        },
      ],
    };
  },
};
