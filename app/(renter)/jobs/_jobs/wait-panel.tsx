import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { ArrayView } from '#lib/jobs/view.ts';
import { MISFIT_LABELS } from '#lib/scheduler/fit.ts';

/** Why jobs wait: how many machines are out for which reason, and how many jobs stand before. */
export function WaitPanel({ array }: { array: ArrayView }) {
  const { waiting, ahead, counts } = array;
  if (waiting === null) return null;
  const { report } = waiting;
  return (
    <Panel
      title="Why it waits"
      description={
        waiting.since === null ? undefined : (
          <>
            As the scheduler saw it <TimeAgo at={waiting.since} />
          </>
        )
      }
    >
      <p className="text-sm">{waiting.sentence}</p>
      {report !== null && report.misfits.length > 0 && (
        <dl className="mt-3 divide-y divide-line text-sm">
          {report.misfits.map(({ misfit, machines }) => (
            <div key={misfit} className="flex items-baseline justify-between gap-4 py-1.5">
              <dt className="text-muted">{MISFIT_LABELS[misfit]}</dt>
              <dd className="tabular shrink-0">
                {machines.toLocaleString('en-US')} {machines === 1 ? 'machine' : 'machines'}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {ahead !== null && (
        <p className="mt-3 text-muted text-sm">
          {ahead === 0
            ? 'Nobody stands before it in the queue.'
            : `${ahead.toLocaleString('en-US')} ${ahead === 1 ? 'job stands' : 'jobs stand'} before it in the queue: of renters who hold fewer GPUs, or who asked earlier.`}{' '}
          {counts.waiting > 1 && `${counts.waiting.toLocaleString('en-US')} of this array wait.`}
        </p>
      )}
    </Panel>
  );
}
