import Link from 'next/link';
import { LogsPanel } from '#components/booking/logs-panel.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { LogPiece } from '#lib/bookings/queries/logs.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { ATTEMPT_WORDS } from '#lib/jobs/attempt.ts';
import type { AttemptView, JobView } from '#lib/jobs/view.ts';

type JobDetailProps = {
  job: JobView;
  artifactsPath: string | null;
  /** What the first machine of its latest attempt printed. */
  logs: readonly LogPiece[];
};

/** How a job went: its outcome, what it printed, and its attempts. */
export function JobDetail({ job, artifactsPath, logs }: JobDetailProps) {
  const latest = job.tries.at(-1);
  const first = latest?.bookings[0];
  const kept = latest?.bookings.find(({ diskUntil }) => diskUntil !== null);
  return (
    <>
      {job.sentence !== null && (job.outcome !== null || job.observed === 'waiting') && (
        <Callout tone={job.outcome === 'failed' ? 'bad' : job.outcome === null ? 'info' : 'warn'} title={job.sentence}>
          {job.outcome === null
            ? `It begins again as soon as a machine fits${job.notBefore === null ? '' : `, at the earliest at ${exactly(job.notBefore, 'UTC')}`}.`
            : job.reasonDetail}
        </Callout>
      )}
      {kept !== undefined && artifactsPath !== null && (
        <Callout
          tone="info"
          title={`What it left in ${artifactsPath} is on the disk of its machine.`}
          action={
            <Link className="inline-flex min-h-6 items-center underline" href={`/bookings/${kept.bookingId}`}>
              Start it as a shell
            </Link>
          }
        >
          Start the booking again and fetch it by sftp: its command does not run a second time. The disk is deleted{' '}
          {kept.diskUntil !== null && <TimeAgo at={kept.diskUntil} />}.
        </Callout>
      )}
      {first !== undefined && (
        <LogsPanel
          key={first.bookingId}
          url={`/api/v1/bookings/${first.bookingId}/logs`}
          live={latest?.endedAt === null}
          first={logs.map((piece) => ({ ...piece, at: piece.at.toISOString() }))}
        />
      )}
      <Panel flush title="Attempts" description={job.tries.length === 0 ? 'It was on no machine yet.' : undefined}>
        {job.tries.length > 0 && <Attempts tries={job.tries} />}
      </Panel>
    </>
  );
}

function howItCameOut({ outcome, startedAt }: AttemptView): string {
  if (outcome !== null) return ATTEMPT_WORDS[outcome];
  return startedAt === null ? 'starting' : 'running';
}

function Attempts({ tries }: { tries: readonly AttemptView[] }) {
  return (
    <Table caption="Attempts" stacked>
      <thead>
        <tr>
          <Th>Attempt</Th>
          <Th>How it came out</Th>
          <Th>On</Th>
          <Th numeric>Cost</Th>
        </tr>
      </thead>
      <tbody>
        {tries.map((attempt) => (
          <tr key={attempt.number}>
            <Th scope="row">
              <span className="tabular">
                <span className="sm:hidden">Attempt </span>
                {attempt.number}
              </span>
              <span className="block font-normal text-muted text-xs">
                placed <TimeAgo at={attempt.placedAt} />
              </span>
            </Th>
            <Td className="max-w-72">
              {howItCameOut(attempt)}
              {attempt.exitCode !== null && `, exit code ${attempt.exitCode}`}
              {attempt.outcome !== 'succeeded' && attempt.sentence !== null && (
                <span className="block text-muted text-xs">{attempt.sentence}</span>
              )}
            </Td>
            <Td label="On">
              {attempt.bookings.map((booking) => (
                <span key={booking.bookingId} className="inline-flex flex-wrap items-center gap-x-2 sm:flex">
                  <Link
                    href={`/bookings/${booking.bookingId}`}
                    className="inline-flex min-h-6 items-center hover:underline"
                  >
                    {booking.machineName}
                  </Link>
                  <span className="text-muted text-xs">{gpuLabel(booking.gpuCount, booking.gpuModel)}</span>
                  {booking.simulated && <SimulatedBadge />}
                </span>
              ))}
            </Td>
            <Td numeric label="Cost">
              {attempt.bookings.map(({ bookingId, chargedMicros }) => (
                <span key={bookingId} className="max-sm:mr-2 sm:block">
                  <Money micros={chargedMicros} cents={chargedMicros >= 10_000n} />
                </span>
              ))}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
