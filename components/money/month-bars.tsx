import { Td, Th } from '#components/ui/cells.tsx';
import { cn } from '#components/ui/cn.ts';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { maxMicros } from '#lib/base/money.ts';
import { type Month, monthName } from '#lib/base/month.ts';

const FILLS = { accent: 'bg-accent', quiet: 'bg-line-control', warn: 'bg-warn-ink', info: 'bg-info-ink' } as const;

export type BarPart = {
  readonly name: string;
  /** Null: only the table says it. */
  readonly tone: keyof typeof FILLS | null;
};

export type MonthBar = {
  readonly month: Month;
  /** One amount for each part, from the ground up. What is below zero has no bar; the table says it. */
  readonly micros: readonly bigint[];
  /** Outside of what was asked for: shown, but fainter. */
  readonly outside?: boolean | undefined;
  /** Not over yet. */
  readonly running?: boolean | undefined;
};

type MonthBarsProps = {
  /** Names the picture and its table: "Earned per month". */
  caption: string;
  parts: readonly BarPart[];
  bars: readonly MonthBar[];
};

/** Sums of months as bars, each as high as its sum and nothing drawn between them; the same in words as a table. */
export function MonthBars({ caption, parts, bars }: MonthBarsProps) {
  const drawn = parts.flatMap(({ name, tone }, at) => (tone === null ? [] : [{ name, at, fill: FILLS[tone] }]));
  const amountOf = (bar: MonthBar, at: number) => {
    const micros = bar.micros[at] ?? 0n;
    return micros > 0n ? micros : 0n;
  };
  const height = (bar: MonthBar) => drawn.reduce((sum, { at }) => sum + amountOf(bar, at), 0n);
  const highest = bars.map(height).reduce(maxMicros, 0n);
  const share = (micros: bigint) => (highest === 0n ? 0 : Number((micros * 10_000n) / highest) / 100);
  return (
    <figure className="min-w-0">
      {drawn.length > 1 && (
        <ul aria-hidden className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
          {drawn.map((part) => (
            <li key={part.name} className="flex items-center gap-1.5">
              <span className={cn('size-2.5 rounded-xs', part.fill)} />
              {part.name}
            </li>
          ))}
        </ul>
      )}
      <div aria-hidden className="flex items-stretch gap-1 sm:gap-2">
        {bars.map((bar) => (
          <div key={bar.month} className="flex min-w-0 flex-1 flex-col">
            <div className="flex h-36 flex-col justify-end border-line border-b">
              {height(bar) > 0n && (
                <span className="tabular hidden truncate pb-0.5 text-center text-muted text-xs lg:block">
                  <Money micros={height(bar)} cents={height(bar) >= 10_000n} />
                </span>
              )}
              {drawn.toReversed().map(
                ({ name, at, fill }) =>
                  amountOf(bar, at) > 0n && (
                    <div
                      key={name}
                      className={cn(
                        'mx-auto w-full max-w-14 first-of-type:rounded-t-xs',
                        fill,
                        bar.outside && 'opacity-45',
                      )}
                      // A sum that is there is seen, however small beside the others.
                      style={{ height: `max(2px, ${share(amountOf(bar, at)) * 0.82}%)` }}
                    />
                  ),
              )}
            </div>
            <span className="truncate pt-1 text-center text-muted text-xs">{shortName(bar.month)}</span>
          </div>
        ))}
      </div>
      <figcaption className="sr-only">{caption}: the table that follows says the same.</figcaption>
      <details className="mt-3 text-sm">
        <summary className="inline-flex min-h-6 items-center text-accent-ink underline decoration-accent-line underline-offset-[0.2em] hover:decoration-current">
          As a table
        </summary>
        <div className="mt-2 rounded-lg border border-line">
          <Table caption={caption}>
            <thead>
              <tr>
                <Th>Month</Th>
                {parts.map((part) => (
                  <Th key={part.name} numeric>
                    {part.name}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.toReversed().map((bar) => (
                <tr key={bar.month}>
                  <Th scope="row" className="whitespace-nowrap">
                    {monthName(bar.month)}
                    {bar.running && <span className="font-normal text-muted"> so far</span>}
                  </Th>
                  {parts.map((part, at) => (
                    <Td key={part.name} numeric>
                      <Money micros={bar.micros[at] ?? 0n} />
                    </Td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      </details>
    </figure>
  );
}

/** "Nov"; January says its year too. */
function shortName(month: Month): string {
  const [name = '', year = ''] = monthName(month, 'short').split(' ');
  return month.endsWith('-01') ? `${name.slice(0, 3)} ’${year.slice(2)}` : name.slice(0, 3);
}
