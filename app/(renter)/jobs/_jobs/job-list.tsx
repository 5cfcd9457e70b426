import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { JobRow } from '#lib/jobs/view.ts';
import { shownJob } from './state.ts';

/** Jobs of an array, by index. */
export function JobTable({ jobs }: { jobs: readonly JobRow[] }) {
  return (
    <Table caption="Jobs of this array">
      <thead>
        <tr>
          <Th>Index</Th>
          <Th>State</Th>
          <Th numeric className="max-sm:hidden">
            Exit code
          </Th>
          <Th numeric className="max-sm:hidden">
            Attempts
          </Th>
          <Th numeric>Cost</Th>
          <Th numeric className="max-sm:hidden">
            Since
          </Th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => {
          const { kind, word } = shownJob(job);
          return (
            <tr key={job.id} className="relative hover:bg-hover">
              <Th scope="row">
                <Link
                  href={`/jobs/${job.arrayId}/${job.index}`}
                  className="tabular after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
                >
                  {job.index}
                </Link>
              </Th>
              <Td className="max-w-72">
                <StateBadge kind={kind}>{word}</StateBadge>
                {job.sentence !== null && <span className="block text-muted text-xs">{job.sentence}</span>}
              </Td>
              <Td numeric className="max-sm:hidden">
                {job.exitCode ?? '—'}
              </Td>
              <Td numeric className="max-sm:hidden">
                {job.attempts}
              </Td>
              <Td numeric>
                <Money micros={job.chargedMicros} cents={job.chargedMicros >= 10_000n} />
              </Td>
              <Td numeric className="max-sm:hidden">
                <TimeAgo at={job.observedAt} />
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
