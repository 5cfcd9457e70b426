import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { oddsSentence } from '#lib/bookings/odds.ts';
import type { ClearingPriceRow } from '#lib/bookings/queries/clearing-prices.ts';

/** What interruptible GPUs of each model cost now, and the odds of a bid. */
export function ClearingTable({ rows, gpuCount }: { rows: readonly ClearingPriceRow[]; gpuCount: number }) {
  const asked = rows.some(({ odds }) => odds !== null);
  return (
    <Table caption="Clearing prices">
      <thead>
        <tr>
          <Th>Model</Th>
          <Th numeric>Price now</Th>
          <Th numeric>{gpuCount === 1 ? 'Gets in with' : `Gets ${gpuCount} GPUs with`}</Th>
          <Th numeric>Offered</Th>
          <Th numeric>Rented</Th>
          <Th numeric>Waiting</Th>
          <Th>{asked ? 'Odds' : 'Since'}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.model}>
            <Th scope="row">
              <Link href={`/bids/new?model=${encodeURIComponent(row.model)}&gpus=${gpuCount}`} className="link">
                {row.model}
              </Link>
            </Th>
            <Td numeric>
              {row.microsPerGpuHour === null ? (
                <span className="text-muted">nobody rents</span>
              ) : (
                <Money micros={row.microsPerGpuHour} per="GPU-hour" />
              )}
            </Td>
            <Td numeric>
              {row.entryMicros === null ? (
                <span className="text-muted">no bid</span>
              ) : (
                <Money micros={row.entryMicros} per="GPU-hour" />
              )}
            </Td>
            <Td numeric>{row.offeredGpus}</Td>
            <Td numeric>{row.rentedGpus}</Td>
            <Td numeric>{row.waitingGpus}</Td>
            <Td>{row.odds === null ? <TimeAgo at={row.at} /> : oddsSentence(row.odds)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
