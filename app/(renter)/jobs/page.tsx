import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { jobCalls } from '#components/api/job-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { arraysOf } from '#lib/jobs/queries/arrays.ts';
import { ArrayCards, ArrayTable } from './_jobs/array-list.tsx';

export const metadata: Metadata = { title: 'Jobs' };

type Params = Promise<{ state?: string | string[]; after?: string | string[] }>;

export default async function JobsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state = asked.state === 'past' ? 'past' : 'live';
  const after = typeof asked.after === 'string' ? asked.after.slice(0, 64) : undefined;
  const arrays = await arraysOf(actor, { state, after });
  const here = state === 'past' ? '/jobs?state=past' : '/jobs';
  return (
    <>
      <PageHeader
        title="Jobs"
        lede="A command that runs to its end on whatever machine fits: the market finds one, and another if that dies."
        actions={
          <LinkButton href="/jobs/new" variant="primary">
            Submit a job
          </LinkButton>
        }
      />
      {state === 'live' && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <Tabs
        label="Jobs"
        className="mb-4"
        tabs={[
          { href: '/jobs', label: 'Live', current: state === 'live' },
          { href: '/jobs?state=past', label: 'Past', current: state === 'past' },
        ]}
      />
      <Panel flush className="mb-6">
        {arrays.rows.length === 0 ? (
          <EmptyState kind={state === 'past' ? 'none' : 'first'} title={state === 'past' ? 'No past jobs' : 'No jobs'}>
            {state === 'past'
              ? 'What has ended stands here, with what it printed and cost.'
              : 'Submit a command, or ten thousand alike: they share the queue fairly with everybody else.'}
          </EmptyState>
        ) : (
          <>
            <ArrayCards arrays={arrays.rows} className="lg:hidden" />
            <div className="hidden lg:block">
              <ArrayTable arrays={arrays.rows} />
            </div>
          </>
        )}
      </Panel>
      <Pagination
        label="Pages of jobs"
        firstHref={after === undefined ? null : here}
        nextHref={
          arrays.next === null
            ? null
            : `${here}${here.includes('?') ? '&' : '?'}after=${encodeURIComponent(arrays.next)}`
        }
      />
      <AsApiCall calls={[jobCalls.list(state)]} />
    </>
  );
}
