import { formatDollars } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';
import { day, personLink, type Queue } from './queue.ts';

/** Those that can be decided now: the host has answered, or has had the time to. */
const due = (now: Date) => ({
  decidedAt: null,
  state: 'open',
  OR: [{ hostSaidAt: { not: null } }, { answerUntil: { lte: now } }],
});

/** When it came to wait for an admin. */
const since = (row: { readonly hostSaidAt: Date | null; readonly answerUntil: Date }) =>
  row.hostSaidAt !== null && row.hostSaidAt < row.answerUntil ? row.hostSaidAt : row.answerUntil;

export const disputes: Queue = {
  count: (now) => db.dispute.count({ where: due(now) }),

  waiting: async (now, take) => {
    const rows = await db.dispute.findMany({
      where: due(now),
      orderBy: { id: 'asc' },
      take,
      select: {
        id: true,
        amountMicros: true,
        hostSaidAt: true,
        answerUntil: true,
        booking: { select: { name: true } },
        renter: { select: { name: true } },
      },
    });
    return rows.map((row) => ({
      id: row.id,
      title: row.booking.name,
      line: `${row.renter.name} contests ${formatDollars(row.amountMicros)}`,
      since: since(row),
    }));
  },

  detail: async (actor, id) => {
    const row = await db.dispute.findUnique({
      where: { id },
      include: {
        renter: { select: { id: true, name: true } },
        host: { select: { id: true, name: true } },
        booking: {
          select: {
            id: true,
            name: true,
            startedAt: true,
            endedAt: true,
            reason: true,
            lease: { select: { chargedMicros: true, refundedMicros: true } },
          },
        },
      },
    });
    if (row === null) return null;
    const { booking } = row;
    const party = actor.userId === row.renterId || actor.userId === row.hostId;
    return {
      title: booking.name,
      line: `${row.renter.name} contests ${formatDollars(row.amountMicros)}`,
      since: since(row),
      whyNot: party ? 'You are a party to it: another admin decides.' : null,
      links: [
        { href: `/disputes/${id}`, label: 'The whole thread' },
        { href: `/admin/bookings/${booking.id}`, label: 'The booking' },
        personLink(row.renter),
        personLink(row.host),
      ],
      evidence: [
        { title: `The renter, ${row.renter.name}`, quote: row.reason },
        ...(row.renterSays === null ? [] : [{ title: 'The renter added', quote: row.renterSays }]),
        row.hostSays === null
          ? { title: `The host, ${row.host.name}`, facts: { Answer: `none until ${day(row.answerUntil)}` } }
          : { title: `The host, ${row.host.name}`, quote: row.hostSays },
        {
          title: 'The booking',
          facts: {
            Charged: formatDollars(booking.lease?.chargedMicros ?? 0n),
            'Came back already': formatDollars(booking.lease?.refundedMicros ?? 0n),
            Ran: `${day(booking.startedAt)} to ${day(booking.endedAt)}`,
            'Ended because': booking.reason ?? 'its renter ended it',
          },
        },
      ],
    };
  },
};
