import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { Field } from '#components/ui/field.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Connection } from '#lib/bookings/connection.ts';
import { forwardLine, localPort, usualProgram } from '#lib/bookings/ports.ts';
import type { SeenPorts } from '#lib/telemetry/queries/ports.ts';

type PortsPanelProps = {
  bookingId: string;
  connection: Connection;
  seen: SeenPorts | null;
  /** A port that was asked for by the address of the page. */
  asked: number | null;
};

/** On which ports programs of the rental listen now, each with the line that brings it here and the link that then works. */
export function PortsPanel({ bookingId, connection, seen, asked }: PortsPanelProps) {
  const listening = new Set(seen?.ports ?? []);
  const shown = [...new Set([...(asked === null ? [] : [asked]), ...listening])];
  return (
    <Panel
      id="ports"
      title="Ports"
      description={
        seen === null ? (
          'This machine does not say where programs listen. A port comes to your computer through ssh, unseen by the gateway.'
        ) : (
          <>
            Where programs of yours listen, looked at <TimeAgo at={seen.seenAt} />. A port comes to your computer
            through ssh, unseen by the gateway.
          </>
        )
      }
    >
      {shown.length === 0 ? (
        <p className="text-muted text-sm">
          {seen === null
            ? 'Name a port, and its line stands here.'
            : 'Nothing listens yet. Start a server, and it stands here within seconds.'}
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {shown.map((port) => (
            <li key={port} className="space-y-2 py-3 first:pt-0">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="tabular font-semibold">{port}</span>
                {usualProgram(port) !== null && <span className="text-muted text-sm">{usualProgram(port)}?</span>}
                {seen === null ? (
                  <StateBadge kind="waiting">not said</StateBadge>
                ) : listening.has(port) ? (
                  <StateBadge kind="running">ready</StateBadge>
                ) : (
                  <StateBadge kind="waiting">nothing listens yet</StateBadge>
                )}
                <a
                  href={`http://localhost:${localPort(port)}/`}
                  className="link inline-flex min-h-6 items-center text-sm"
                >
                  http://localhost:{localPort(port)}
                </a>
              </div>
              <CopyBox label={`Brings port ${port} here, while it runs`} text={forwardLine(connection, port)} />
            </li>
          ))}
        </ul>
      )}
      <form method="get" action={`/bookings/${bookingId}#ports`} className="mt-4 flex flex-wrap items-end gap-2">
        <Field label="Another port" id="port">
          {(aria) => (
            <Input
              name="port"
              inputMode="numeric"
              autoComplete="off"
              maxLength={5}
              defaultValue={asked ?? ''}
              className="max-w-32"
              {...aria}
            />
          )}
        </Field>
        <Button type="submit">Show its line</Button>
      </form>
    </Panel>
  );
}
