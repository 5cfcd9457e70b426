import { Td, Th } from '#components/ui/cells.tsx';
import { LocalClock } from '#components/ui/local-clock.tsx';
import { Table } from '#components/ui/table.tsx';
import { figureText } from '#lib/telemetry/figure.ts';
import { MEASURES, type Metrics, RANGES, type Series } from '#lib/telemetry/measure.ts';
import { latestOf, summaryOf } from '#lib/telemetry/window.ts';

/** The time table has about so many rows. */
const ROWS = 12;

/** What the charts say, in words: each measure over the whole range, and their course through it. */
export function MetricTable({ metrics }: { metrics: Metrics }) {
  const { series } = metrics;
  const named = RANGES[metrics.range].label;
  if (series.length === 0)
    return (
      <p className="mt-4 text-muted text-sm">
        Nothing was measured in the last {named} yet. Figures appear here by themselves.
      </p>
    );
  return (
    <details className="mt-4 text-sm">
      <summary className="inline-flex min-h-6 items-center text-accent-ink underline decoration-accent-line underline-offset-[0.2em] hover:decoration-current">
        As a table
      </summary>
      <div className="mt-2 rounded-lg border border-line">
        <Table caption={`What it used in the last ${named}`}>
          <thead>
            <tr>
              <Th>Measure</Th>
              <Th numeric>Now</Th>
              <Th numeric>Least</Th>
              <Th numeric>Mean</Th>
              <Th numeric>Most</Th>
            </tr>
          </thead>
          <tbody>
            {series.map((each) => {
              const { least, mean, most } = summaryOf(each);
              return (
                <tr key={nameOf(each, series)}>
                  <Th scope="row" className="whitespace-nowrap">
                    {nameOf(each, series)}
                  </Th>
                  {[latestOf(each), least, mean, most].map((figure, index) => (
                    <Td key={index} numeric>
                      {figureText(each.measure, figure)}
                    </Td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </Table>
      </div>
      <div className="mt-3 rounded-lg border border-line">
        <Table caption={`Its course through the last ${named}, means`} maxHeight="20rem">
          <thead>
            <tr>
              <Th>From</Th>
              {series.map((each) => (
                <Th key={nameOf(each, series)} numeric>
                  {nameOf(each, series)}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {slices(metrics).map(({ at, figures }) => (
              <tr key={at.getTime()}>
                <Th scope="row" className="whitespace-nowrap">
                  <LocalClock at={at.toISOString()} />
                </Th>
                {figures.map((figure, index) => {
                  const each = series[index];
                  return (
                    each !== undefined && (
                      <Td key={nameOf(each, series)} numeric>
                        {figureText(each.measure, figure)}
                      </Td>
                    )
                  );
                })}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </details>
  );
}

/** "VRAM", or "VRAM of GPU 2" where there is more than one. */
function nameOf({ measure, gpu }: Series, all: readonly Series[]): string {
  const { label } = MEASURES[measure];
  if (gpu === null || !all.some((each) => each.gpu !== null && each.gpu > 1)) return label;
  return label === 'GPU' ? `GPU ${gpu}` : `${label} of GPU ${gpu}`;
}

function slices({ series, startsAt, stepSeconds, points }: Metrics) {
  const size = Math.ceil(points / ROWS);
  const rows = Array.from({ length: Math.ceil(points / size) }, (_, row) => ({
    at: new Date(startsAt.getTime() + row * size * stepSeconds * 1_000),
    figures: series.map(({ mean }) => {
      const said = mean.slice(row * size, (row + 1) * size).filter((figure) => figure !== null);
      return said.length === 0 ? null : said.reduce((sum, figure) => sum + figure, 0) / said.length;
    }),
  }));
  // A time of which nothing is known has no row.
  return rows.filter(({ figures }) => figures.some((figure) => figure !== null));
}
