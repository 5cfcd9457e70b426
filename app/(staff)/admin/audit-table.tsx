import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { wordOf } from '#lib/base/words.ts';
import { SEEN_WORDS } from '#lib/bookings/booking-words.ts';
import { eventWords } from '#lib/events/event-words.ts';
import type { AuditRow } from '#lib/trust/queries/audit.ts';

function subjects(row: AuditRow): { href: string; label: string }[] {
  const found: { href: string; label: string }[] = [];
  if (row.bookingId !== null) found.push({ href: `/admin/bookings/${row.bookingId}`, label: 'booking' });
  if (row.machineId !== null) found.push({ href: `/admin/machines/${row.machineId}`, label: 'machine' });
  if (row.userId !== null) found.push({ href: `/admin/people/${row.userId}`, label: 'person' });
  return found;
}

/** A phase says itself: it is all that such an event is about. */
function titleOf({ kind, facts }: AuditRow): string {
  const phase = kind === 'booking.phase' ? facts.find(({ label }) => label === 'phase')?.value : undefined;
  return phase === undefined ? eventWords(kind) : `Booking: its machine ${wordOf(SEEN_WORDS, phase)}`;
}

/** Events, one below the other: who did what when, about whom and why, and what changed from what to what. Fits any width. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  if (rows.length === 0) return <EmptyState kind="none" title="Nothing recorded" />;
  return (
    <ul className="divide-y divide-line border-line border-t text-sm">
      {rows.map((row) => (
        <li
          key={row.id}
          className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-1 px-4 py-2.5 sm:grid-cols-[minmax(0,13rem)_minmax(0,1fr)] sm:px-5"
        >
          <div className="min-w-0">
            <span className="font-medium [overflow-wrap:anywhere]" title={row.kind}>
              {titleOf(row)}
            </span>
            <span className="block text-muted">
              <TimeAgo at={row.createdAt} /> by{' '}
              {row.actor === null ? (
                'the market'
              ) : (
                <Link
                  className="link inline-block min-h-6 min-w-6 max-w-full truncate align-bottom leading-6"
                  title={row.actor.name}
                  href={`/admin/people/${row.actor.id}`}
                  prefetch={false}
                >
                  {row.actor.name}
                </Link>
              )}
            </span>
          </div>
          <div className="min-w-0 space-y-1">
            {row.reason !== null && <p className="[overflow-wrap:anywhere]">{row.reason}</p>}
            <p className="flex flex-wrap gap-x-3">
              {subjects(row).map((subject) => (
                <Link
                  key={subject.href}
                  className="link inline-flex min-h-6 items-center"
                  href={subject.href}
                  prefetch={false}
                >
                  {subject.label}
                </Link>
              ))}
            </p>
            {row.facts.length > 0 && <AuditFacts row={row} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What changed stands open; what an event says besides is one click away. */
function AuditFacts({ row }: { row: AuditRow }) {
  const changed = row.facts.filter(({ before }) => before !== null);
  const rest = row.facts.filter(({ before }) => before === null);
  return (
    <>
      {changed.map(({ label, before, value }) => (
        <p key={label} className="[overflow-wrap:anywhere]">
          <span className="text-muted">{label}: </span>
          <del className="text-bad-ink">{before}</del> → <ins className="text-good-ink no-underline">{value}</ins>
        </p>
      ))}
      {rest.length > 0 && (
        <details>
          <summary className="inline-flex min-h-6 cursor-pointer items-center text-muted">Details</summary>
          <dl className="text-xs">
            {rest.map(({ label, value }) => (
              <div key={label} className="flex flex-wrap gap-x-2">
                <dt className="text-muted">{label}</dt>
                <dd className="min-w-0 font-mono [overflow-wrap:anywhere]">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}
