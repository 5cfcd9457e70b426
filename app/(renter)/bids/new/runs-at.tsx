import { Money } from '#components/ui/money.tsx';
import { HOUR } from '#lib/base/time.ts';
import { LEAST_HISTORY_MS } from '#lib/bookings/odds.ts';
import type { ClearingPriceRow } from '#lib/bookings/queries/clearing-prices.ts';

/** What a bid would have had to be, to run so much of the past week: by what each clearing came to. */
export function RunsAt({ rows, gpuCount }: { rows: readonly ClearingPriceRow[]; gpuCount: number }) {
  const told = rows.filter(({ coveredMs }) => coveredMs >= LEAST_HISTORY_MS);
  const young = rows.filter(({ coveredMs }) => coveredMs < LEAST_HISTORY_MS).map(({ model }) => model);
  return (
    <ul className="space-y-3 text-sm">
      {told.map((row) => (
        <li key={row.model}>
          <p className="font-medium">
            {row.model}
            {gpuCount > 1 && `, ${gpuCount} GPUs`}
          </p>
          <dl className="tabular">
            {row.wouldHaveRun.map(({ basisPoints, microsPerGpuHour }) => (
              <div key={basisPoints} className="flex justify-between gap-4">
                <dt className="text-muted">{basisPoints / 100} % of the past week</dt>
                <dd>{microsPerGpuHour === null ? 'no bid' : <Money micros={microsPerGpuHour} />}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
      {young.length > 0 && (
        <li className="text-muted">
          Odds are told once there are {LEAST_HISTORY_MS / HOUR} hours of history:{' '}
          {told.length === 0 && young.length > 1
            ? 'there are not yet of any model here'
            : `not yet of ${young.join(', ')}`}
          .
        </li>
      )}
      {rows.length === 0 && <li className="text-muted">There was no clearing yet to tell odds from.</li>}
    </ul>
  );
}
