import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { DUE_HOURS } from '#lib/desk/case.ts';
import { QUEUES, type QueueSummary } from '#lib/trust/case-view.ts';

/** All queues, what is due first at the top: how many wait, how old the oldest is, and when the first should be decided. */
export function QueueTable({ queues, now }: { queues: readonly QueueSummary[]; now: Date }) {
  return (
    <ul className="divide-y divide-line border-line border-t">
      {queues.map((queue) => (
        <li
          key={queue.kind}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-6 gap-y-1 px-4 py-3 text-sm sm:grid-cols-[minmax(0,1.4fr)_5rem_minmax(0,1fr)_minmax(0,1fr)] sm:px-5"
        >
          <div className="min-w-0">
            <Link className="link inline-flex min-h-6 items-center font-medium" href={QUEUES[queue.kind].path}>
              {QUEUES[queue.kind].name}
            </Link>
            <span className="block text-muted text-xs">to be decided within {DUE_HOURS[queue.kind]} hours</span>
          </div>
          <p className="tabular text-right">
            <span className="font-semibold text-lg">{queue.waiting}</span>
            <span className="block text-muted text-xs">
              {queue.claimed > 0 ? `${queue.claimed} claimed` : 'waiting'}
            </span>
          </p>
          {queue.oldestAt === null || queue.firstDueAt === null ? (
            <p className="col-span-2 text-muted">Nothing waits.</p>
          ) : (
            <>
              <p className="min-w-0">
                <span className="text-muted">oldest </span>
                <TimeAgo at={queue.oldestAt} />
              </p>
              <p className="min-w-0">
                {queue.firstDueAt < now ? (
                  <Badge tone="bad">late</Badge>
                ) : (
                  <span className="text-muted">first due</span>
                )}{' '}
                <TimeAgo at={queue.firstDueAt} />
              </p>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
