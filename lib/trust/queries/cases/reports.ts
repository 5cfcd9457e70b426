import { isId } from '#lib/base/id.ts';
import { wordOf } from '#lib/base/words.ts';
import { db } from '#lib/io/db.ts';
import { CAUSE_WORDS } from '../../report.ts';
import { messageReports } from './message-reports.ts';
import { day, personLink, type Queue } from './queue.ts';

const OPEN = { state: 'open' } as const;
const causeWords = (cause: string) => wordOf(CAUSE_WORDS, cause);
const MOST_OTHERS = 5;

const listings: Queue = {
  count: () => db.report.count({ where: OPEN }),

  waiting: async (_now, take) => {
    const rows = await db.report.findMany({
      where: OPEN,
      orderBy: { id: 'asc' },
      take,
      select: {
        id: true,
        cause: true,
        subjectKind: true,
        openedAt: true,
        about: { select: { name: true } },
        listing: { select: { machine: { select: { name: true } } } },
      },
    });
    return rows.map((row) => ({
      id: row.id,
      title:
        row.subjectKind === 'listing'
          ? (row.listing?.machine.name ?? row.about.name)
          : `A ${row.subjectKind} of ${row.about.name}`,
      line: causeWords(row.cause),
      since: row.openedAt,
    }));
  },

  detail: async (actor, id) => {
    const row = await db.report.findUnique({
      where: { id },
      include: {
        about: { select: { id: true, name: true, createdAt: true } },
        reporter: { select: { id: true, name: true, createdAt: true } },
        listing: { select: { id: true, machineId: true, machine: { select: { name: true } } } },
      },
    });
    if (row === null) return null;
    const [others, earlier, upheld, ofReporter, right] = await Promise.all([
      db.report.findMany({
        where: { ...OPEN, subjectKind: row.subjectKind, subjectId: row.subjectId, id: { not: id } },
        orderBy: { id: 'asc' },
        take: MOST_OTHERS,
        select: { cause: true, text: true },
      }),
      db.report.count({ where: { aboutId: row.aboutId, id: { not: id } } }),
      db.report.count({ where: { aboutId: row.aboutId, state: 'upheld' } }),
      db.report.count({ where: { reporterId: row.reporterId, id: { not: id } } }),
      db.report.count({ where: { reporterId: row.reporterId, state: 'upheld' } }),
    ]);
    const own = actor.userId === row.reporterId || actor.userId === row.aboutId;
    return {
      title:
        row.subjectKind === 'listing'
          ? (row.listing?.machine.name ?? row.about.name)
          : `A ${row.subjectKind} of ${row.about.name}`,
      line: causeWords(row.cause),
      since: row.openedAt,
      outcomes: ['suspend', 'warn', 'dismiss'],
      whyNot: own ? 'This report is yours, or about you: another admin decides.' : null,
      links: [
        ...(row.listing === null
          ? []
          : [
              { href: `/gpus/${row.listing.id}`, label: 'The listing' },
              { href: `/admin/machines/${row.listing.machineId}`, label: 'The machine' },
            ]),
        personLink(row.about),
        personLink(row.reporter),
      ],
      evidence: [
        { title: `${row.reporter.name} writes`, quote: row.text },
        ...(row.quote === null ? [] : [{ title: `The ${row.subjectKind}, as it was`, quote: row.quote }]),
        ...others.map((other) => ({ title: `Another report: ${causeWords(other.cause)}`, quote: other.text })),
        {
          title: row.about.name,
          facts: {
            'Account since': day(row.about.createdAt),
            'Other reports': String(earlier),
            'Of them right': String(upheld),
          },
        },
        {
          title: row.reporter.name,
          facts: {
            'Account since': day(row.reporter.createdAt),
            'Other reports made': String(ofReporter),
            'Of them right': String(right),
          },
        },
      ],
    };
  },
};

/** Reports of listings and of messages, together. */
export const reports: Queue = {
  count: async (now) => (await listings.count(now)) + (await messageReports.count(now)),
  waiting: async (now, take) =>
    (await Promise.all([listings.waiting(now, take), messageReports.waiting(now, take)]))
      .flat()
      .toSorted((a, b) => a.since.getTime() - b.since.getTime())
      .slice(0, take),
  detail: (actor, id) => (isId('messageReport', id) ? messageReports : listings).detail(actor, id),
};
