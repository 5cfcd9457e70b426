'use client';

import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import { SoftLinks } from '#components/ui/soft-links.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TickingAgo } from '#components/ui/ticking.tsx';
import type { JobLine } from './job-line.ts';

type JobTableProps = {
  arrayId: string;
  lines: Packed<readonly JobLine[]>;
  /** What the server took for now. */
  now: string;
};

/**
 * Jobs of an array, by index. Drawn in the browser as well, though little in it reacts: described by the server its rows would
 * travel a second time, three quarters of them the names of classes.
 */
export function JobTable({ arrayId, lines, now }: JobTableProps) {
  const first = new Date(now);
  return (
    <SoftLinks>
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
          {unpack(lines).map((line) => (
            <tr key={line.index} className="relative hover:bg-hover">
              <Th scope="row" numeric className="text-left">
                <a href={`/jobs/${arrayId}/${line.index}`} className="row-cover">
                  {line.index}
                </a>
              </Th>
              <Td className="max-w-72">
                <StateBadge kind={line.kind}>{line.word}</StateBadge>
                {line.why !== undefined && <span className="block text-muted text-xs">{line.why}</span>}
              </Td>
              <Td numeric className="max-sm:hidden">
                {line.exitCode ?? '—'}
              </Td>
              <Td numeric className="max-sm:hidden">
                {line.attempts}
              </Td>
              <Td numeric>
                <Money micros={line.charged} cents={BigInt(line.charged) >= 10_000n} />
              </Td>
              <Td numeric className="max-sm:hidden">
                <TickingAgo at={line.since} first={first} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </SoftLinks>
  );
}
