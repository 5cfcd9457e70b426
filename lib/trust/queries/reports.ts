import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import type { ReportCause, ReportState } from '../report.ts';

/** A report as whoever made it sees it. */
export type OwnReport = {
  readonly id: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly cause: ReportCause;
  readonly text: string;
  readonly state: ReportState;
  readonly openedAt: Date;
  /** What the admin wrote. */
  readonly decision: string | null;
  readonly decidedAt: Date | null;
};

const REPORTS_A_PAGE = 50;
const columns = {
  id: true,
  subjectKind: true,
  subjectId: true,
  cause: true,
  text: true,
  state: true,
  openedAt: true,
  decision: true,
  decidedAt: true,
} as const;

/** What the viewer reported, newest first. `before` is the last id of the page before. */
export async function reportsOf(actor: Actor, before?: string): Promise<Page<OwnReport>> {
  const rows = await db.report.findMany({
    where: { reporterId: actor.userId, ...(before === undefined || before === '' ? {} : { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: REPORTS_A_PAGE + 1,
    select: columns,
  });
  return toPage(
    rows.map((row) => ({ ...row, cause: row.cause as ReportCause, state: row.state as ReportState })),
    REPORTS_A_PAGE,
  );
}

/** The viewer's report of a listing that nobody has decided yet. */
export async function ownOpenReport(actor: Actor, listingId: string): Promise<{ readonly openedAt: Date } | null> {
  return db.report.findFirst({
    where: { reporterId: actor.userId, subjectKind: 'listing', subjectId: listingId, state: 'open' },
    select: { openedAt: true },
  });
}
