import { pack } from '#components/ui/packed.ts';
import { WordTable } from '#components/ui/word-table.tsx';
import { dayName, dayOf, dayStart } from '#lib/base/day.ts';
import { formatDollars, maxMicros, minMicros } from '#lib/base/money.ts';
import { DAY } from '#lib/base/time.ts';
import { everyDay, type PriceChange, type PriceLine, type PricePoint } from '#lib/catalogue/price-line.ts';

type PriceChartProps = {
  /** Names the picture and its tables: "Price of this listing". */
  caption: string;
  market: PriceLine;
  /** A listing's own price; without it the market's median is the line. */
  own?: { readonly changes: readonly PriceChange[]; readonly until: Date } | undefined;
};

const WIDTH = 1_000;
const HEIGHT = 200;

/** Prices through time, drawn on the server: the middle half of the market as a band, one price as a line; the same in words below. */
export function PriceChart({ caption, market, own }: PriceChartProps) {
  const from = dayStart(market.from).getTime();
  const until = dayStart(market.to).getTime() + DAY;
  const ends = own === undefined ? until : Math.max(until, own.until.getTime());
  const prices = [
    ...market.points.flatMap(({ p25Micros, p75Micros }) => [p25Micros, p75Micros]),
    ...(own?.changes ?? []).map(({ priceMicrosPerGpuHour }) => priceMicrosPerGpuHour),
  ];
  const [first] = prices;
  if (first === undefined)
    return <p className="text-muted text-sm">No price is known yet: the first day is not over.</p>;
  const low = prices.reduce(minMicros, first);
  const high = prices.reduce(maxMicros, first);
  // A tenth of air above and below; all prices equal: in the middle.
  const air = high === low ? maxMicros(1n, low / 10n) : (high - low) / 10n + 1n;
  const [bottom, top] = [low - air, high + air];
  const y = (micros: bigint) => Math.round(Number(((top - micros) * BigInt(HEIGHT) * 100n) / (top - bottom))) / 100;
  const x = (ms: number) => Math.round(((ms - from) / (ends - from)) * WIDTH * 100) / 100;
  const spans = spansOf(market);
  const band = spans
    .map(({ startsAt, endsAt, point }) => {
      const [left, right] = [x(startsAt), x(endsAt)];
      return `M${left} ${y(point.p75Micros)}H${right}V${y(point.p25Micros)}H${left}Z`;
    })
    .join('');
  const medians = spans
    .map(({ startsAt, endsAt, point }) => `M${x(startsAt)} ${y(point.medianMicros)}H${x(endsAt)}`)
    .join('');
  return (
    <figure className="min-w-0">
      <ul aria-hidden className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
        {own !== undefined && (
          <li className="flex items-center gap-1.5">
            <span className="h-0.5 w-4 bg-accent" />
            this listing
          </li>
        )}
        <li className="flex items-center gap-1.5">
          <span className="h-0.5 w-4 bg-line-control" />
          median
        </li>
        <li className="flex items-center gap-1.5">
          <span className="h-2.5 w-4 rounded-xs bg-line-control/25" />
          middle half of the same kind
        </li>
      </ul>
      <div aria-hidden className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <div className="tabular flex flex-col justify-between text-right text-muted text-xs">
          <span>{formatDollars(cents(top, 1n))}</span>
          <span>{formatDollars(cents(bottom, 0n))}</span>
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          className="h-44 w-full rounded-md border border-line bg-surface"
        >
          <path d={band} className="fill-line-control/25" />
          <path
            d={medians}
            className="fill-none stroke-line-control"
            strokeWidth="1.5"
            vectorEffect="non-scaling-stroke"
          />
          {own !== undefined && (
            <path
              d={stepsOf(own.changes, x, y, own.until)}
              className="fill-none stroke-accent"
              strokeWidth="2"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
        <span />
        <div className="tabular flex justify-between gap-3 pt-1 text-muted text-xs">
          <span>{dayName(market.from)}</span>
          <span>{own === undefined ? dayName(market.to) : 'now'}</span>
        </div>
      </div>
      <figcaption className="sr-only">{caption}: the tables that follow say the same.</figcaption>
      <Twin caption={caption} market={market} changes={own?.changes ?? null} />
    </figure>
  );
}

type Span = { readonly startsAt: number; readonly endsAt: number; readonly point: PricePoint };

/** Days with a price; those that follow each other at the same prices are one span, for each is a stroke of its own. */
function spansOf(market: PriceLine): Span[] {
  const spans: Span[] = [];
  for (const { day, point } of everyDay(market)) {
    if (point === null) continue;
    const startsAt = dayStart(day).getTime();
    const last = spans.at(-1);
    const goesOn =
      last?.endsAt === startsAt &&
      last.point.p25Micros === point.p25Micros &&
      last.point.medianMicros === point.medianMicros &&
      last.point.p75Micros === point.p75Micros;
    spans.push({ startsAt: goesOn ? last.startsAt : startsAt, endsAt: startsAt + DAY, point });
    if (goesOn) spans.splice(-2, 1);
  }
  return spans;
}

/** Labels of the axis in whole cents where prices are of that size: outwards, so that nothing lies beyond them. */
function cents(micros: bigint, up: 0n | 1n): bigint {
  const unit = micros > 100_000n ? 10_000n : micros > 1_000n ? 100n : 1n;
  return (micros / unit + up) * unit;
}

function stepsOf(
  changes: readonly PriceChange[],
  x: (ms: number) => number,
  y: (micros: bigint) => number,
  until: Date,
): string {
  const steps = changes.map(
    ({ since, priceMicrosPerGpuHour }, at) =>
      `${at === 0 ? `M${x(since.getTime())} ` : `H${x(since.getTime())}V`}${y(priceMicrosPerGpuHour)}`,
  );
  return changes.length === 0 ? '' : `${steps.join('')}H${x(until.getTime())}`;
}

function Twin({
  caption,
  market,
  changes,
}: {
  caption: string;
  market: PriceLine;
  changes: readonly PriceChange[] | null;
}) {
  return (
    <details className="mt-3 text-sm">
      <summary className="inline-flex min-h-6 items-center text-accent-ink underline decoration-accent-line underline-offset-[0.2em] hover:decoration-current">
        As a table
      </summary>
      <div className="mt-2 space-y-3">
        {changes !== null && (
          <div className="rounded-lg border border-line">
            <WordTable
              caption={`${caption}, each change`}
              maxHeight="16rem"
              columns={['Since (UTC)', 'Price']}
              rows={pack(
                changes
                  .toReversed()
                  .map(({ since, priceMicrosPerGpuHour }) => [
                    `${dayName(dayOf(since), true)}, ${since.toISOString().slice(11, 16)}`,
                    formatDollars(priceMicrosPerGpuHour),
                  ]),
              )}
            />
          </div>
        )}
        {market.points.length > 0 && (
          <div className="rounded-lg border border-line">
            <WordTable
              caption={`${caption}: the market day by day`}
              maxHeight="16rem"
              columns={['Day (UTC)', 'P25', 'Median', 'P75', 'Listings']}
              rows={pack(
                market.points
                  .toReversed()
                  .map((point) => [
                    dayName(point.day),
                    formatDollars(point.p25Micros),
                    formatDollars(point.medianMicros),
                    formatDollars(point.p75Micros),
                    String(point.listings),
                  ]),
              )}
            />
          </div>
        )}
      </div>
    </details>
  );
}
