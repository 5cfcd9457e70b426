import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { jobCalls } from '#components/api/job-calls.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { pack } from '#components/ui/packed.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { logsOf } from '#lib/bookings/queries/logs.ts';
import { arrayOf } from '#lib/jobs/queries/arrays.ts';
import { jobOf, jobsOf } from '#lib/jobs/queries/jobs.ts';
import type { ArrayView } from '#lib/jobs/view.ts';
import { AskedPanel } from '../_jobs/asked-panel.tsx';
import { JobDetail } from '../_jobs/job-detail.tsx';
import { jobLine } from '../_jobs/job-line.ts';
import { JobTable } from '../_jobs/job-table.tsx';
import { countsWords, shownArray } from '../_jobs/state.ts';
import { WaitPanel } from '../_jobs/wait-panel.tsx';
import { cancelAll } from '../actions.ts';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ after?: string | string[] }> };

const load = cache(async (id: string) => seen(arrayOf(await requireActor(), id)));

export async function generateMetadata({ params }: Route) {
  return { title: shortName((await load((await params).id)).name) };
}

export default async function ArrayPage({ params, searchParams }: Route) {
  const { id } = await params;
  const array = await load(id);
  const { kind, word } = shownArray(array);
  const { after } = await searchParams;
  const from = typeof after === 'string' && /^\d{1,5}$/.test(after) ? Number(after) : undefined;
  return (
    <>
      <PageHeader
        title={array.name}
        trail={[{ href: '/jobs', label: 'Jobs' }]}
        badges={<StateBadge kind={kind}>{word}</StateBadge>}
        lede={array.size === 1 ? array.image : countsWords(array.counts)}
        actions={<Cancel array={array} />}
      />
      {array.endedAt === null && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <Stats className="mb-6">
        <Stat
          label={array.endedAt === null ? 'Cost so far' : 'Cost in all'}
          value={<Money micros={array.chargedMicros} cents={array.chargedMicros >= 10_000n} />}
        />
        <Stat
          label="Set aside now"
          value={<Money micros={array.heldMicros} cents={array.heldMicros >= 10_000n} />}
          hint={array.endedAt !== null && array.heldMicros > 0n ? 'for the disks that are kept' : undefined}
        />
        {array.size > 1 && <Stat label="Jobs" value={array.size.toLocaleString('en-US')} />}
      </Stats>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <WaitPanel array={array} />
          {array.size === 1 ? <Single array={array} /> : <Members array={array} after={from} />}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <AskedPanel array={array} />
          <AsApiCall calls={[jobCalls.see(array.id), jobCalls.cancel(array.id)]} />
        </div>
      </div>
    </>
  );
}

async function Single({ array }: { array: ArrayView }) {
  const actor = await requireActor();
  const job = await seen(jobOf(actor, array.id, 0));
  const booking = job.tries.at(-1)?.bookings[0];
  const logs = booking === undefined ? [] : await logsOf(actor, booking.bookingId, {});
  return <JobDetail job={job} artifactsPath={array.artifactsPath} logs={logs} />;
}

async function Members({ array, after }: { array: ArrayView; after: number | undefined }) {
  const page = await seen(jobsOf(await requireActor(), array.id, { after }));
  return (
    <div>
      <Panel flush title="Jobs" description="Each finds its index in SUBLET_ARRAY_INDEX.">
        <JobTable arrayId={array.id} lines={pack(page.rows.map(jobLine))} now={theWorld.now().toISOString()} />
      </Panel>
      <Pagination
        label="Pages of this array"
        firstHref={after === undefined ? null : `/jobs/${array.id}`}
        nextHref={page.next === null ? null : `/jobs/${array.id}?after=${page.next}`}
        shown={
          page.rows.length === 0
            ? 'None of these'
            : `${page.rows[0]?.index}–${page.rows.at(-1)?.index} of ${array.size.toLocaleString('en-US')}`
        }
      />
    </div>
  );
}

function Cancel({ array }: { array: ArrayView }) {
  if (!array.actions.includes('cancel')) return null;
  const one = array.size === 1;
  return (
    <ConfirmDialog
      trigger="Cancel…"
      title={one ? 'Cancel this job?' : 'Cancel what has not ended?'}
      consequences={[
        one ? 'If it runs, its program ends and its disk is deleted.' : 'What runs ends, and its disks are deleted.',
        'Nothing after this moment is billed. What was set aside and not used comes back.',
      ]}
      action={cancelAll}
      hidden={{ arrayId: array.id }}
      confirmLabel={one ? 'Cancel job' : 'Cancel array'}
      pendingLabel="Cancelling…"
    />
  );
}
