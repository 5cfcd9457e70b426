import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { jobCalls } from '#components/api/job-calls.ts';
import { USAGE_EVERY_MS } from '#components/booking/usage-bars.tsx';
import { SeveralBar } from '#components/several/several-bar.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { arraysOf } from '#lib/jobs/queries/arrays.ts';
import type { ArrayRow } from '#lib/jobs/view.ts';
import { ArrayCards, ArrayTable } from './_jobs/array-list.tsx';
import { CANCEL, cancelRows, JOB_NOUNS } from './_jobs/several-verbs.ts';
import { cancelChosen } from './several/actions.ts';

export const metadata: Metadata = { title: 'Jobs' };

type Params = Promise<{ state?: string | string[]; after?: string | string[]; find?: string | string[] }>;

export default async function JobsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state = asked.state === 'past' ? 'past' : 'live';
  const after = typeof asked.after === 'string' ? asked.after.slice(0, 64) : undefined;
  const find = typeof asked.find === 'string' ? asked.find.trim().slice(0, 100) : '';
  const arrays = await arraysOf(actor, { state, after, find });
  const words = new URLSearchParams({ ...(state === 'past' && { state }), ...(find !== '' && { find }) });
  const here = words.size === 0 ? '/jobs' : `/jobs?${words}`;
  return (
    <>
      <PageHeader
        title="Jobs"
        lede="A command that runs to its end on whatever machine fits: the market finds one, and another if that dies."
        actions={
          (state === 'past' || arrays.rows.length > 0 || find !== '') && (
            <LinkButton href="/jobs/new" variant="primary">
              Submit a job
            </LinkButton>
          )
        }
      />
      {state === 'live' && (
        <LiveRefresh
          url="/api/v1/events"
          events={['change']}
          everyMs={arrays.rows.some(({ microsPerHour }) => microsPerHour > 0n) ? USAGE_EVERY_MS : undefined}
        />
      )}
      <Tabs
        label="Jobs"
        className="mb-4"
        tabs={[
          { href: '/jobs', label: 'Live', current: state === 'live' },
          { href: '/jobs?state=past', label: 'Past', current: state === 'past' },
        ]}
      />
      {state === 'live' && arrays.rows.length > 0 && <BurnStats arrays={arrays.rows} />}
      <Panel
        flush
        className="mb-6"
        {...((arrays.rows.length > 0 || find !== '') && {
          title: state === 'live' ? 'Live submissions' : 'Past submissions',
        })}
      >
        {(arrays.rows.length > 0 || find !== '') && (
          <div className="border-line border-t px-4 py-2.5 sm:px-5">
            <Find state={state} find={find} />
          </div>
        )}
        {state === 'live' && arrays.rows.length > 0 && (
          <div className="border-line border-t px-4 py-2.5 sm:px-5">
            <SeveralBar
              href="/jobs/several"
              verbs={[{ ...CANCEL, rows: cancelRows(arrays.rows) }]}
              nouns={JOB_NOUNS}
              action={cancelChosen}
            />
          </div>
        )}
        {arrays.rows.length === 0 ? (
          <Nothing state={state} find={find} />
        ) : (
          <>
            <ArrayCards arrays={arrays.rows} className="border-line border-t lg:hidden" />
            <div className="hidden lg:block">
              <ArrayTable arrays={arrays.rows} past={state === 'past'} />
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
      <AsApiCall
        calls={[
          jobCalls.list(state),
          ...(state === 'live' && arrays.rows.length > 0
            ? [jobCalls.cancelSeveral(arrays.rows.slice(0, 3).map(({ id }) => id))]
            : []),
        ]}
      />
    </>
  );
}

/** What all that runs costs now, and what is set aside for it: exactly what it can cost, so it never runs dry. */
function BurnStats({ arrays }: { arrays: readonly ArrayRow[] }) {
  const sum = (name: 'microsPerHour' | 'heldMicros' | 'chargedMicros') =>
    arrays.reduce((all, row) => all + row[name], 0n);
  const count = (name: 'running' | 'waiting') => arrays.reduce((all, { counts }) => all + counts[name], 0);
  return (
    <Stats className="mb-4">
      <Stat
        label="Running"
        value={count('running').toLocaleString('en-US')}
        hint={`${count('waiting').toLocaleString('en-US')} wait`}
      />
      <Stat
        label="Together"
        value={<Money micros={sum('microsPerHour')} per="hour" cents={sum('microsPerHour') >= 1_000_000n} />}
      />
      <Stat label="Spent on them" value={<Money micros={sum('chargedMicros')} cents />} />
      <Stat
        label="Set aside for what runs"
        value={<Money micros={sum('heldMicros')} cents />}
        hint="all that it can still cost"
      />
    </Stats>
  );
}

function Find({ state, find }: { state: 'live' | 'past'; find: string }) {
  return (
    <form method="get" action="/jobs" className="grid max-w-xl grid-cols-[minmax(0,1fr)_auto] gap-2">
      {state === 'past' && <input type="hidden" name="state" value="past" />}
      <Input
        name="find"
        defaultValue={find}
        aria-label="Name or image"
        placeholder="Name or image"
        autoComplete="off"
        maxLength={100}
      />
      <Button type="submit">Filter</Button>
    </form>
  );
}

function Nothing({ state, find }: { state: 'live' | 'past'; find: string }) {
  if (find !== '')
    return (
      <EmptyState
        kind="none"
        title="No such jobs"
        action={<LinkButton href={state === 'past' ? '/jobs?state=past' : '/jobs'}>Show all of them</LinkButton>}
      >
        None of your {state} jobs has “{find}” in its name or image.
      </EmptyState>
    );
  return (
    <EmptyState
      kind={state === 'past' ? 'none' : 'first'}
      title={state === 'past' ? 'No past jobs' : 'No jobs'}
      action={
        state === 'live' && (
          <LinkButton href="/jobs/new" variant="primary">
            Submit a job
          </LinkButton>
        )
      }
    >
      {state === 'past'
        ? 'What has ended stands here, with what it printed and cost.'
        : 'Submit a command, or ten thousand alike: they share the queue fairly with everybody else.'}
    </EmptyState>
  );
}
