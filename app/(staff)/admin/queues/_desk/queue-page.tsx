import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { Callout } from '#components/ui/callout.tsx';
import { cn } from '#components/ui/cn.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RefreshAt } from '#components/ui/refresh-at.tsx';
import { earliest, theWorld } from '#lib/base/time.ts';
import { type CaseKind, type Claim, DUE_HOURS } from '#lib/desk/case.ts';
import { type CaseRow, QUEUES } from '#lib/trust/case-view.ts';
import { casesOf, caseView, queues } from '#lib/trust/queries/cases.ts';
import { one, type SearchParams } from '../../ask.ts';
import { DeskTabs } from '../../desk-tabs.tsx';
import { CaseDetail } from './case-detail.tsx';
import type { ListedCase } from './case-list.tsx';
import { KeepCase } from './keep-case.tsx';
import { QueueTabs } from './queue-tabs.tsx';
import { WaitingPanel } from './waiting-panel.tsx';

/** A deadline that passes makes a case, and changes nothing that could be told. */
const TIME_MAKES_CASES_MS = 60_000;

/** The page of one queue: the list at the left, the case at the right; on a phone one after the other. */
export async function QueuePage({ kind, searchParams }: { kind: CaseKind; searchParams: SearchParams }) {
  const { path, name, about } = QUEUES[kind];
  const actor = await requireAdminPage();
  const params = await searchParams;
  const now = theWorld.now();
  const [{ rows, waiting }, all] = await Promise.all([casesOf(actor, kind, now), queues(actor, now)]);
  const asked = one(params, 'case');
  const id = asked === '' ? rows[0]?.id : asked;
  const shown = id === undefined ? null : await seen(caseView(actor, { kind, id }, now));
  const decided = one(params, 'decided');
  return (
    <>
      <PageHeader
        title={name}
        trail={[{ href: '/admin', label: 'Admin' }]}
        lede={`${about} To be decided within ${DUE_HOURS[kind]} hours.`}
        badges={<LiveRefresh url="/api/v1/events" events={['desk']} everyMs={TIME_MAKES_CASES_MS} showStatus />}
      />
      <RefreshAt at={endOfClaims([...rows, ...(shown === null ? [] : [shown])])} />
      {asked === '' && id !== undefined && <KeepCase id={id} />}
      {/* On a phone the way up stands above the title, and whoever reads a case sees that case. */}
      <div className="max-sm:hidden">
        <DeskTabs current="/admin" />
      </div>
      <div className={cn(asked !== '' && 'max-lg:hidden')}>
        <QueueTabs queues={all} current={kind} />
      </div>
      {decided !== '' && decided !== id && (
        <Callout tone="good" role="status" className="mt-4">
          Decided. {asked === '' ? 'This was the last one that you had open.' : 'This is the next one.'}
        </Callout>
      )}
      <div
        className={cn(
          'mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-6',
          (rows.length > 0 || shown !== null) && 'lg:grid-cols-[minmax(16rem,22rem)_minmax(0,1fr)]',
        )}
      >
        <div className={cn(asked !== '' && 'max-lg:hidden')}>
          {rows.length === 0 ? (
            <Panel flush>
              <EmptyState kind="first" title="Nothing waits">
                A new case appears here by itself.
              </EmptyState>
            </Panel>
          ) : (
            <WaitingPanel
              label={name}
              now={now.toISOString()}
              waiting={waiting}
              cases={rows.map((row) => listed(row, path, id, actor.userId, now))}
            />
          )}
          {rows.length > 1 && (
            <p className="mt-2 hidden flex-wrap items-center gap-1.5 text-muted text-xs lg:flex">
              <Kbd>J</Kbd> next and <Kbd>K</Kbd> back, while the list has focus
            </p>
          )}
        </div>
        {shown !== null && (
          <div className={cn('min-w-0', asked === '' && 'max-lg:hidden')}>
            <Link href={path} className="link mb-3 inline-flex min-h-6 items-center lg:hidden">
              Back to the queue
            </Link>
            <CaseDetail shown={shown} adminId={actor.userId} nextId={after(rows, shown.id)} now={now} />
          </div>
        )}
      </div>
    </>
  );
}

function listed(row: CaseRow, path: string, shownId: string | undefined, adminId: string, now: Date): ListedCase {
  return {
    id: row.id,
    href: `${path}?case=${encodeURIComponent(row.id)}`,
    title: row.title,
    line: row.line,
    since: row.since.toISOString(),
    late: row.dueAt < now,
    claimedBy: row.claim === null ? null : row.claim.admin.id === adminId ? 'you' : row.claim.admin.name,
    claimedAt: row.claim?.claimedAt.toISOString() ?? null,
    current: row.id === shownId,
  };
}

/** When the first of the claims on the page ends: nothing tells of that but the time. */
function endOfClaims(cases: readonly { readonly claim: Claim | null }[]): string | null {
  return earliest(...cases.map(({ claim }) => claim?.expiresAt))?.toISOString() ?? null;
}

/** The case to go on with: the one below, else the one above. */
function after(rows: readonly CaseRow[], id: string): string | null {
  const at = rows.findIndex((row) => row.id === id);
  return rows[at + 1]?.id ?? rows[at - 1]?.id ?? null;
}
