import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { InvoiceRow } from '#lib/receipts/queries/invoices.ts';
import { BillFiles } from './bill-files.tsx';

/** Bills, each with its page and its files: a table where there is room, lines where there is not. */
export function InvoiceList({ rows }: { rows: readonly InvoiceRow[] }) {
  return (
    <>
      <ul className="border-line border-t md:hidden">
        {rows.map((row) => (
          <li key={row.bookingId} className="space-y-1 border-line border-b px-4 py-3 text-sm last:border-b-0">
            <div className="flex items-start justify-between gap-3">
              <Name row={row} />
              <span className="flex shrink-0 flex-col items-end">
                <Money micros={row.chargedMicros} className="font-semibold" />
                <Cancelled row={row} />
                {row.refundedMicros > 0n && (
                  <span className="text-muted text-xs">
                    <Money micros={-row.refundedMicros} /> given back
                  </span>
                )}
              </span>
            </div>
            <About row={row} />
            <div className="flex flex-wrap items-center gap-x-3">
              <State row={row} />
              <When row={row} />
              <BillFiles bookingId={row.bookingId} name={row.bookingName} />
            </div>
          </li>
        ))}
      </ul>
      <div className="hidden md:block">
        <Table caption="Bills of your bookings">
          <thead>
            <tr>
              <Th>Bill of</Th>
              <Th>State</Th>
              <Th>When</Th>
              <Th numeric>Charged</Th>
              <Th numeric>Given back</Th>
              <Th>Files</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.bookingId}>
                <Th scope="row" className="max-w-64">
                  <Name row={row} />
                  <About row={row} />
                </Th>
                <Td>
                  <State row={row} />
                </Td>
                <Td className="whitespace-nowrap">
                  <When row={row} />
                </Td>
                <Td numeric>
                  <Money micros={row.chargedMicros} />
                  <Cancelled row={row} />
                </Td>
                <Td numeric>
                  {row.refundedMicros === 0n ? (
                    <span className="text-muted">—</span>
                  ) : (
                    <Money micros={row.refundedMicros} />
                  )}
                </Td>
                <Td>
                  <BillFiles bookingId={row.bookingId} name={row.bookingName} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function Cancelled({ row }: { row: InvoiceRow }) {
  if (row.cancellationMicros === 0n) return null;
  return (
    <span className="block text-muted text-xs">
      and <Money micros={row.cancellationMicros} /> for giving it back
      {row.cancellationRefundedMicros > 0n && (
        <>
          , <Money micros={row.cancellationRefundedMicros} /> of it back
        </>
      )}
    </span>
  );
}

function Name({ row }: { row: InvoiceRow }) {
  return (
    <Link
      href={`/bookings/${row.bookingId}/bill`}
      title={row.bookingName}
      className="block min-h-6 min-w-0 truncate font-medium hover:underline"
    >
      {row.bookingName}
    </Link>
  );
}

function About({ row }: { row: InvoiceRow }) {
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2 font-normal text-muted text-xs">
      <span className="[overflow-wrap:anywhere]">
        {gpuLabel(row.gpuCount, row.gpuModel)} · {row.machineName}
      </span>
      {row.simulated && <SimulatedBadge />}
    </span>
  );
}

function State({ row }: { row: InvoiceRow }) {
  return <Badge tone={row.final ? 'neutral' : 'info'}>{row.final ? 'final' : 'still open'}</Badge>;
}

function When({ row }: { row: InvoiceRow }) {
  return row.endedAt === null ? (
    <span>
      since <TimeAgo at={row.startedAt ?? row.createdAt} />
    </span>
  ) : (
    <span>
      ended <TimeAgo at={row.endedAt} />
    </span>
  );
}
