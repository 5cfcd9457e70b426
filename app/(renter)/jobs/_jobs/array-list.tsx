import Link from 'next/link';
import { CountsBar } from '#components/booking/counts-bar.tsx';
import { UsageBars } from '#components/booking/usage-bars.tsx';
import { SelectBox } from '#components/several/select-box.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { ArrayRow } from '#lib/jobs/view.ts';
import { countsWords, shownArray } from './state.ts';

/** Submissions where there is room. */
export function ArrayTable({ arrays, past }: { arrays: readonly ArrayRow[]; past: boolean }) {
  return (
    <Table caption="Jobs">
      <thead>
        <tr>
          {!past && (
            <Th>
              <span className="sr-only">Choose</span>
            </Th>
          )}
          <Th>Job</Th>
          <Th>State</Th>
          <Th>Needs</Th>
          {!past && <Th>Use</Th>}
          <Th numeric>{past ? 'Cost' : 'Cost so far'}</Th>
          {!past && <Th numeric>Now</Th>}
          {!past && <Th numeric>Set aside</Th>}
          <Th numeric>Submitted</Th>
        </tr>
      </thead>
      <tbody>
        {arrays.map((array) => (
          <tr key={array.id} className="relative hover:bg-hover">
            {!past && (
              <Td className="w-10">
                <SelectBox id={array.id} name={array.name} />
              </Td>
            )}
            <Th scope="row" className="max-w-72">
              <Link href={`/jobs/${array.id}`} className="block truncate row-cover" title={array.name}>
                {array.name}
              </Link>
              <span className="block truncate font-mono font-normal text-muted text-xs">{array.image}</span>
            </Th>
            <Td className="max-w-80">
              <State array={array} />
              <Far array={array} />
              <span className="block text-muted text-xs [overflow-wrap:anywhere]">{why(array)}</span>
            </Td>
            <Td>{needs(array)}</Td>
            {!past && (
              <Td>
                <UsageBars sample={array.usage ?? undefined} awaited={array.microsPerHour > 0n} />
              </Td>
            )}
            <Td numeric>
              <Money micros={array.chargedMicros} cents={array.chargedMicros >= 10_000n} />
            </Td>
            {!past && (
              <Td numeric>
                {array.microsPerHour === 0n ? (
                  <span className="text-muted">nothing</span>
                ) : (
                  <Money micros={array.microsPerHour} per="hour" />
                )}
              </Td>
            )}
            {!past && (
              <Td numeric>
                <Money micros={array.heldMicros} cents />
              </Td>
            )}
            <Td numeric>
              <TimeAgo at={array.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Submissions where there is little room. */
export function ArrayCards({ arrays, className }: { arrays: readonly ArrayRow[]; className: string }) {
  return (
    <ul className={className}>
      {arrays.map((array) => (
        <li key={array.id} className="relative space-y-1.5 border-line border-b px-4 py-3.5 last:border-b-0">
          <div className="flex items-start justify-between gap-3">
            <Link href={`/jobs/${array.id}`} className="min-w-0 font-semibold [overflow-wrap:anywhere] row-cover">
              {array.name}
            </Link>
            <span className="flex shrink-0 items-center gap-2 font-semibold">
              <Money micros={array.chargedMicros} cents={array.chargedMicros >= 10_000n} />
              {array.endedAt === null && <SelectBox id={array.id} name={array.name} />}
            </span>
          </div>
          <p>
            <State array={array} />
          </p>
          <Far array={array} />
          {array.microsPerHour > 0n && <UsageBars sample={array.usage ?? undefined} awaited />}
          <p className="text-muted text-sm [overflow-wrap:anywhere]">{why(array)}</p>
          <p className="text-sm">
            {needs(array)} ·{' '}
            {array.microsPerHour > 0n && (
              <>
                <Money micros={array.microsPerHour} per="hour" /> ·{' '}
              </>
            )}
            submitted <TimeAgo at={array.createdAt} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function State({ array }: { array: ArrayRow }) {
  const { kind, word } = shownArray(array);
  return <StateBadge kind={kind}>{word}</StateBadge>;
}

/** How far an array is, as a bar; one job alone has its state. */
function Far({ array }: { array: ArrayRow }) {
  return array.size === 1 ? null : <CountsBar counts={array.counts} words={countsWords(array.counts)} />;
}

/** What is to say of it in a line: how far an array is, and why what waits does so. */
function why(array: ArrayRow): string {
  const counts = array.size === 1 ? '' : countsWords(array.counts);
  return [counts, array.waiting?.sentence ?? ''].filter((part) => part !== '').join('. ');
}

function needs({ gpuCount, machines, size }: ArrayRow): string {
  const each = `${gpuCount} GPU${gpuCount === 1 ? '' : 's'}`;
  const job = machines === 1 ? each : `${machines} machines with ${each}`;
  return size === 1 ? job : `${size.toLocaleString('en-US')} × ${job}`;
}
