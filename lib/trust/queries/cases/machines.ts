import { formatDollars } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { selfTest } from '#protocol/specification.ts';
import { waitingForApproval } from '../machines.ts';
import { day, personLink, type Queue } from './queue.ts';

/** Hidden until approved, or visible and never looked at; of simulated ones, which compute nothing, only the hidden. */
function where() {
  const hidden = waitingForApproval(env().listingApproval);
  const listing = { is: { state: 'published', approvedAt: null, suspendedAt: null } };
  const host = { is: { suspendedAt: null } };
  return {
    retiredAt: null,
    host,
    OR: [hidden, { listing, simulated: false, staffCheckedAt: null }],
  };
}

const named = { select: { id: true, name: true, createdAt: true } } as const;

export const machines: Queue = {
  count: () => db.machine.count({ where: where() }),

  waiting: async (_now, take) => {
    const rows = await db.machine.findMany({
      where: where(),
      orderBy: [{ listing: { publishedAt: 'asc' } }, { id: 'asc' }],
      take,
      select: {
        id: true,
        name: true,
        selfTestPassed: true,
        enrolledAt: true,
        host: named,
        listing: { select: { publishedAt: true } },
      },
    });
    const staff = env().listingApproval === 'staff';
    return rows.map((row) => ({
      id: row.id,
      title: row.name,
      line:
        staff || !row.selfTestPassed
          ? `Hidden until approved; ${row.selfTestPassed ? 'its self-test passed' : 'its self-test has not passed'}`
          : 'Renters see it; nobody has looked at it',
      since: row.listing?.publishedAt ?? row.enrolledAt,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.machine.findUnique({
      where: { id },
      include: {
        host: { select: { id: true, name: true, createdAt: true, _count: { select: { machines: true } } } },
        listing: { include: { _count: { select: { reports: { where: { state: 'open' } }, bookings: true } } } },
      },
    });
    if (row === null) return null;
    const { listing } = row;
    const tested = selfTest.safeParse(row.selfTest).data;
    return {
      title: row.name,
      line: row.simulated ? 'A simulated machine' : `Enrolled ${day(row.enrolledAt)}`,
      since: listing?.publishedAt ?? null,
      whyNot: row.hostId === actor.userId ? 'This machine is your own: another admin decides.' : null,
      links: [
        { href: `/admin/machines/${id}`, label: 'The whole machine' },
        personLink(row.host),
        ...(listing === null ? [] : [{ href: `/gpus/${listing.id}`, label: 'Its listing' }]),
      ],
      evidence: [
        {
          title: 'Self-test',
          checks: tested?.checks.map(({ name, passed, detail }) => ({ ok: passed, text: `${name}: ${detail}` })) ?? [],
        },
        {
          title: 'Host',
          facts: {
            Name: row.host.name,
            'Account since': day(row.host.createdAt),
            'Machines enrolled': String(row.host._count.machines),
          },
        },
        {
          title: 'Listing',
          facts: {
            ...(listing === null
              ? {}
              : { 'Disk per GiB and month': formatDollars(listing.diskPriceMicrosPerGibMonth) }),
            'Bookings so far': String(listing?._count.bookings ?? 0),
            'Open reports': String(listing?._count.reports ?? 0),
          },
        },
      ],
    };
  },
};
