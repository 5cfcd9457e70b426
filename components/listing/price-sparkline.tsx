import { dayName } from '#lib/base/day.ts';
import { formatDollars, maxMicros, minMicros } from '#lib/base/money.ts';
import { ends, everyDay, type PriceLine } from '#lib/catalogue/price-line.ts';

const WIDTH = 120;
const HEIGHT = 32;

/** The medians of a line as a small picture, drawn on the server, with the same in a sentence for whoever does not see it. */
export function PriceSparkline({ line, className }: { line: PriceLine | null; className?: string | undefined }) {
  const found = line === null ? null : ends(line);
  if (line === null || found === null) return <span className="text-muted text-xs">no full day yet</span>;
  const days = everyDay(line);
  const low = line.points.map(({ p25Micros }) => p25Micros).reduce(minMicros, found.lowestMicros);
  const high = line.points.map(({ p75Micros }) => p75Micros).reduce(maxMicros, found.highestMicros);
  const y = (micros: bigint) =>
    high === low ? HEIGHT / 2 : 3 + Number(((high - micros) * BigInt((HEIGHT - 6) * 100)) / (high - low)) / 100;
  const step = WIDTH / days.length;
  let pen = '';
  const path = days
    .map(({ point }, at) => {
      const move =
        point === null ? '' : `${pen === '' ? 'M' : 'L'}${round((at + 0.5) * step)} ${round(y(point.medianMicros))}`;
      pen = point === null ? '' : move;
      return move;
    })
    .join('');
  const band = days
    .map(({ point }, at) =>
      point === null
        ? ''
        : `M${round(at * step)} ${round(y(point.p75Micros))}h${round(step)}V${round(y(point.p25Micros))}h${round(-step)}Z`,
    )
    .join('');
  const last = days.findLastIndex(({ point }) => point !== null);
  return (
    <span className={className}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" className="block h-8 w-30 max-w-full overflow-visible">
        <path d={band} className="fill-line" />
        <path
          d={path}
          className="fill-none stroke-muted"
          strokeWidth="1.5"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
        <circle
          cx={round((last + 0.5) * step)}
          cy={round(y(found.last.medianMicros))}
          r="2.5"
          className="fill-accent"
        />
      </svg>
      <span className="sr-only">
        Median {formatDollars(found.first.medianMicros)} on {dayName(found.first.day)},{' '}
        {formatDollars(found.last.medianMicros)} on {dayName(found.last.day)}; between{' '}
        {formatDollars(found.lowestMicros)} and {formatDollars(found.highestMicros)} meanwhile.
      </span>
    </span>
  );
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
