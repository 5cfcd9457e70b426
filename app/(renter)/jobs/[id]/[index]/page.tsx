import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { jobCalls } from '#components/api/job-calls.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { shortName } from '#lib/base/words.ts';
import { logsOf } from '#lib/bookings/queries/logs.ts';
import { arrayOf } from '#lib/jobs/queries/arrays.ts';
import { jobOf } from '#lib/jobs/queries/jobs.ts';
import { JobDetail } from '../../_jobs/job-detail.tsx';
import { shownJob } from '../../_jobs/state.ts';
import { cancelOne } from '../../actions.ts';

type Route = { params: Promise<{ id: string; index: string }> };

const load = cache(async (id: string, index: string) => {
  if (!/^\d{1,5}$/.test(index)) notFound();
  const actor = await requireActor();
  const [array, job] = await Promise.all([seen(arrayOf(actor, id)), seen(jobOf(actor, id, Number(index)))]);
  return { array, job };
});

export async function generateMetadata({ params }: Route) {
  const { id, index } = await params;
  const { array } = await load(id, index);
  return { title: `${shortName(array.name)} #${index}` };
}

/** One job of an array. */
export default async function JobPage({ params }: Route) {
  const { id, index } = await params;
  const { array, job } = await load(id, index);
  const { kind, word } = shownJob(job);
  const booking = job.tries.at(-1)?.bookings[0];
  const logs = booking === undefined ? [] : await logsOf(await requireActor(), booking.bookingId, {});
  return (
    <>
      <PageHeader
        title={`${array.name} #${job.index}`}
        trail={[
          { href: '/jobs', label: 'Jobs' },
          { href: `/jobs/${array.id}`, label: array.name },
        ]}
        badges={
          <StateBadge kind={kind} since={job.observedAt}>
            {word}
          </StateBadge>
        }
        lede={
          <>
            Cost so far: <Money micros={job.chargedMicros} cents={job.chargedMicros >= 10_000n} />
            {job.exitCode !== null && ` · exit code ${job.exitCode}`}
            {job.observed === 'waiting' && array.waiting !== null && ` · ${array.waiting.sentence}`}
          </>
        }
        actions={
          job.actions.includes('cancel') && (
            <ConfirmDialog
              trigger="Cancel…"
              title="Cancel this job?"
              consequences={[
                'If it runs, its program ends and its disk is deleted. The others of its array go on.',
                'Nothing after this moment is billed.',
              ]}
              action={cancelOne}
              hidden={{ jobId: job.id }}
              confirmLabel="Cancel job"
              pendingLabel="Cancelling…"
            />
          )
        }
      />
      {job.endedAt === null && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <JobDetail job={job} artifactsPath={array.artifactsPath} logs={logs} />
        <AsApiCall calls={[jobCalls.member(array.id, job.index), jobCalls.cancelMember(array.id, job.index)]} />
      </div>
    </>
  );
}
