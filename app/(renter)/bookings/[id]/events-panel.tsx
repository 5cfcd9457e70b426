import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { eventWords } from '#lib/bookings/event-words.ts';
import type { BookingEvent } from '#lib/events/queries.ts';

const MOST_SHOWN = 12;

/** What happened to a booking, newest first. */
export function EventsPanel({ events }: { events: readonly BookingEvent[] }) {
  const told = events.filter((event) => eventWords(event.kind, event.data) !== null).toReversed();
  return (
    <Panel title="What happened">
      <Lines events={told.slice(0, MOST_SHOWN)} />
      {told.length > MOST_SHOWN && (
        <details className="mt-2 text-sm">
          <summary className="min-h-6 text-muted hover:text-ink">Earlier ({told.length - MOST_SHOWN})</summary>
          <Lines events={told.slice(MOST_SHOWN)} />
        </details>
      )}
    </Panel>
  );
}

function Lines({ events }: { events: readonly BookingEvent[] }) {
  return (
    <ol className="divide-y divide-line text-sm">
      {events.map((event) => (
        <li key={event.id.toString()} className="flex items-baseline justify-between gap-x-4 py-1.5">
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {eventWords(event.kind, event.data)}
            {event.reason !== null && <span className="block text-muted">{event.reason}</span>}
          </span>
          <TimeAgo at={event.createdAt} className="shrink-0 text-muted text-xs" />
        </li>
      ))}
    </ol>
  );
}
