import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { oddsSentence } from '#lib/bookings/odds.ts';
import type { ClearingPriceRow } from '#lib/bookings/queries/clearing-prices.ts';

/** Small figures that stand beside each other on a phone. */
const BESIDE = 'max-sm:mr-4! max-sm:inline-block!';

/** What interruptible GPUs of each model cost now, and the odds of a bid. */
export function ClearingTable({ rows, gpuCount }: { rows: readonly ClearingPriceRow[]; gpuCount: number }) {
  const asked = rows.some(({ odds }) => odds !== null);
  const entry = gpuCount === 1 ? 'Gets in with' : `Gets ${gpuCount} GPUs with`;
  const last = asked ? 'Odds' : 'Price since';
  return (
    <Table caption="Clearing prices" stacked>
      <thead>
        <tr>
          <Th>Model</Th>
          <Th numeric>Price now</Th>
          <Th numeric>{entry}</Th>
          <Th numeric>Offered</Th>
          <Th numeric>Rented</Th>
          <Th numeric>Waiting</Th>
          <Th>{last}</Th>
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
            <Td numeric label="Price now">
              {row.microsPerGpuHour === null ? (
                <span className="text-muted">none, nobody rents</span>
              ) : (
                <Money micros={row.microsPerGpuHour} per="GPU-hour" />
              )}
            </Td>
            <Td numeric label={entry}>
              {row.entryMicros === null ? (
                <span className="text-muted">no bid</span>
              ) : (
                <Money micros={row.entryMicros} per="GPU-hour" />
              )}
            </Td>
            <Td numeric label="Offered" className={BESIDE}>
              {row.offeredGpus}
            </Td>
            <Td numeric label="Rented" className={BESIDE}>
              {row.rentedGpus}
            </Td>
            <Td numeric label="Waiting" className={BESIDE}>
              {row.waitingGpus}
            </Td>
            <Td label={last} className={row.odds?.basisPoints === null ? 'text-muted' : undefined}>
              {row.odds === null ? <TimeAgo at={row.at} /> : oddsSentence(row.odds)}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
