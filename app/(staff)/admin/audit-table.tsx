import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { AuditRow } from '#lib/trust/queries/audit.ts';

function subjects(row: AuditRow): { href: string; label: string }[] {
  const found: { href: string; label: string }[] = [];
  if (row.bookingId !== null) found.push({ href: `/admin/bookings/${row.bookingId}`, label: 'booking' });
  if (row.machineId !== null) found.push({ href: `/admin/machines/${row.machineId}`, label: 'machine' });
  if (row.userId !== null) found.push({ href: `/admin/people/${row.userId}`, label: 'person' });
  return found;
}

/** Events as a table: when, who, what, about whom, why. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  if (rows.length === 0) return <EmptyState kind="none" title="Nothing recorded" />;
  return (
    <Table caption="Audit trail">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>About</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td className="whitespace-nowrap">
              <TimeAgo at={row.createdAt} />
            </Td>
            <Td>
              {row.actor === null ? (
                <span className="text-muted">the market</span>
              ) : (
                <Link className="link break-words" href={`/admin/people/${row.actor.id}`}>
                  {row.actor.name}
                </Link>
              )}
            </Td>
            <Td className="whitespace-nowrap font-mono text-xs">{row.kind}</Td>
            <Td>
              <span className="flex gap-x-3">
                {subjects(row).map((subject) => (
                  <Link key={subject.href} className="link" href={subject.href}>
                    {subject.label}
                  </Link>
                ))}
              </span>
            </Td>
            <Td className="min-w-48 break-words">{row.reason ?? <span className="text-muted">—</span>}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
