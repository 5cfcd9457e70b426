import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { TransferRow } from '#lib/ledger/queries.ts';
import { TRANSFER_KINDS } from '#lib/ledger/transfer.ts';

type MovementsProps = { rows: readonly TransferRow[]; side: 'renter' | 'host' };

/** Money that came and went: a table where there is room, lines where there is not. */
export function Movements({ rows, side }: MovementsProps) {
  return (
    <>
      <ul className="border-line border-t md:hidden">
        {rows.map((row) => (
          <li
            key={`${row.id} ${row.account}`}
            className="flex items-start justify-between gap-3 border-line border-b px-4 py-2.5 text-sm last:border-b-0"
          >
            <div className="min-w-0">
              <What row={row} />
              <p className="flex flex-wrap items-center gap-x-3 text-muted text-xs">
                <TimeAgo at={row.at} />
                <Booking row={row} side={side} />
              </p>
            </div>
            <Money micros={row.amountMicros} signed className="shrink-0" />
          </li>
        ))}
      </ul>
      <div className="hidden md:block">
        <Table caption="Movements of your accounts">
          <thead>
            <tr>
              <Th>When</Th>
              <Th>What</Th>
              <Th>Booking</Th>
              <Th numeric>Amount</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.id} ${row.account}`}>
                <Td className="whitespace-nowrap">
                  <TimeAgo at={row.at} />
                </Td>
                <Td>
                  <What row={row} />
                </Td>
                <Td>
                  <Booking row={row} side={side} />
                </Td>
                <Td numeric>
                  <Money micros={row.amountMicros} signed />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function What({ row }: { row: TransferRow }) {
  return (
    <>
      {TRANSFER_KINDS[row.kind]}
      {row.account === 'renterHolds' && <span className="block text-muted text-xs">out of what was set aside</span>}
      {row.reason !== null && <span className="block text-muted text-xs [overflow-wrap:anywhere]">{row.reason}</span>}
    </>
  );
}

function Booking({ row, side }: { row: TransferRow; side: 'renter' | 'host' }) {
  if (row.bookingId === null) return <span className="text-muted">—</span>;
  return (
    <Link
      className="link relative font-mono text-xs"
      href={side === 'host' ? `/bookings/${row.bookingId}/bill` : `/bookings/${row.bookingId}`}
      prefetch={false}
    >
      <span className="sr-only">booking </span>
      {row.bookingId.slice(-8)}
    </Link>
  );
}
