import { FileCheck } from 'lucide-react';
import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { cn } from '#components/ui/cn.ts';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import type { BillLine } from '#lib/receipts/queries.ts';

/** The statements of a bill: when, what was delivered, what it cost, and the paper it stands on. */
export function BillLines({ bookingId, lines }: { bookingId: string; lines: readonly BillLine[] }) {
  return (
    <Table caption="Statements of this bill" stacked>
      <thead>
        <tr>
          <Th numeric>No.</Th>
          <Th>From (UTC)</Th>
          <Th numeric>Lasted</Th>
          <Th>State</Th>
          <Th numeric>Billed</Th>
          <Th numeric>Charged</Th>
          <Th>Signed statement</Th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.sequence}>
            <Td numeric label="No.">
              {line.sequence}
            </Td>
            <Td label="From" className="whitespace-nowrap">
              <time dateTime={line.startsAt.toISOString()}>{stamp(line.startsAt)}</time>
            </Td>
            <Td numeric label="Lasted">
              {Math.round((line.endsAt.getTime() - line.startsAt.getTime()) / 1_000)} s
            </Td>
            <Td label="State">{line.state}</Td>
            <Td numeric label="Billed">
              {line.billedGpuSeconds} GPU-s
              {line.unbilledSentence !== null && (
                <span
                  className={cn(
                    'ml-auto block min-w-44 max-sm:ml-0 max-w-60 whitespace-normal text-xs',
                    line.billedGpuSeconds === 0 ? 'text-warn-ink' : 'text-muted',
                  )}
                >
                  {line.billedGpuSeconds > 0 && 'A part is not billed. '}
                  {line.unbilledSentence}
                </span>
              )}
            </Td>
            <Td numeric label="Charged">
              <Money micros={line.chargedMicros} />
            </Td>
            <Td label="Signed statement" className="whitespace-nowrap">
              <Link
                href={`/bookings/${bookingId}/bill/${line.sequence}`}
                prefetch={false}
                className="link relative inline-flex items-center gap-1.5 font-mono text-xs"
              >
                <span className="sr-only">Statement {line.sequence}, signed by the host’s machine: </span>
                <FileCheck aria-hidden className="size-3.5 text-good-ink" />
                {line.hash.slice(0, 12)}
              </Link>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
