import { LongName } from '#components/ui/long-name.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { machineEventWords } from '#lib/catalogue/event-words.ts';
import type { MachineEvent } from '#lib/catalogue/queries/history.ts';

/** What happened to a machine, in words, newest first. */
export function EventList({ events }: { events: readonly MachineEvent[] }) {
  return (
    <ol className="space-y-2 text-sm">
      {events.map((event) => (
        <li key={event.id.toString()} className="flex flex-wrap justify-between gap-x-4">
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {machineEventWords(event.kind)}
            {event.actor !== null && event.actor !== '' && (
              <span className="text-muted">
                {' · '}
                <LongName name={event.actor} />
              </span>
            )}
            {event.reason !== null && <span className="text-muted"> · “{event.reason}”</span>}
          </span>
          <span className="text-muted">
            <TimeAgo at={event.createdAt} />
          </span>
        </li>
      ))}
    </ol>
  );
}
