import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { ThreadRow } from '#lib/trust/queries/threads.ts';

/** Threads, the newest message first: with whom, about what, how it ends, and what is unread. */
export function ThreadTable({ rows }: { rows: readonly ThreadRow[] }) {
  return (
    <ul className="divide-y divide-line">
      {rows.map((row) => (
        <li key={row.id}>
          <Link
            href={`/bookings/${row.id}/messages`}
            prefetch={false}
            className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 px-4 py-3 hover:bg-hover focus-visible:-outline-offset-2 sm:px-5"
          >
            <span className="min-w-0 font-medium [overflow-wrap:anywhere]">
              {row.otherName}
              <span className="font-normal text-muted text-sm">
                {' '}
                · {row.side === 'renter' ? 'host' : 'renter'} · {row.bookingName}
                {row.side === 'host' && <> on {row.machine.name}</>}
              </span>
            </span>
            <span className="flex items-start gap-2 text-muted text-xs">
              {row.unread > 0 && <Badge tone="accent">{row.unread} unread</Badge>}
            </span>
            <span className="min-w-0 truncate text-muted text-sm">
              {row.lastOwn && 'You: '}
              {row.lastText}
            </span>
            <span className="text-muted text-xs">
              <TimeAgo at={row.lastAt} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
