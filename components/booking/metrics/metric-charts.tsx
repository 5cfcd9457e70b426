'use client';

import dynamic from 'next/dynamic';
import { useEffect, useMemo, useRef, useState } from 'react';
import { CHARTS, type Chart, figureText } from '#lib/telemetry/figure.ts';
import { MEASURES, type Measure, type Metrics } from '#lib/telemetry/measure.ts';
import { lastPointAt, latestOf, movedOn } from '#lib/telemetry/window.ts';
import { MetricSketch } from './metric-sketch.tsx';
import { MetricTable } from './metric-table.tsx';

/** Metrics as the API tells them. */
export type MetricsWire = Omit<Metrics, 'startsAt'> & { readonly startsAt: string };

/** Loaded when the charts come into view: who never looks pays nothing. */
const MetricPlot = dynamic(() => import('./metric-plot.tsx').then((module) => module.MetricPlot), {
  ssr: false,
  // The sketch shows through.
  loading: () => null,
});

const GPU_CHARTS = CHARTS.filter(({ measures }) => measures.every((measure) => MEASURES[measure].perGpu));
const RETRY_MS = 5_000;
const readWire = (wire: MetricsWire): Metrics => ({ ...wire, startsAt: new Date(wire.startsAt) });

type MetricChartsProps = {
  first: MetricsWire;
  url: string;
  live: boolean;
  limits: Partial<Record<Measure, number>>;
  gpusOnly: boolean;
};

/** The charts and their table, kept current while the page is looked at. */
export function MetricCharts({ first, url, live, limits, gpusOnly }: MetricChartsProps) {
  const [metrics, setMetrics] = useState(() => readWire(first));
  const newest = useRef(metrics);
  const frame = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  newest.current = metrics;
  const { range, stepSeconds } = first;

  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && setNear(true), {
      rootMargin: '200px',
    });
    if (frame.current !== null) watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    if (!live || !near) return;
    // A point of a day is five minutes, but its newest one grows: it is looked at once a minute.
    const everyMs = Math.min(60, stepSeconds) * 1_000;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function look() {
      let pauseMs = everyMs;
      try {
        const since = lastPointAt(newest.current).toISOString();
        const answer = await fetch(`${url}?range=${range}&since=${since}`, { signal: stop.signal });
        if (!answer.ok) throw new Error(`${answer.status}`);
        const more = readWire((await answer.json()) as MetricsWire);
        setMetrics((before) => movedOn(before, more));
      } catch {
        pauseMs = Math.max(everyMs, RETRY_MS);
      }
      if (!stop.signal.aborted) timer = setTimeout(next, pauseMs);
    }
    function next() {
      if (document.hidden) timer = setTimeout(next, everyMs);
      else void look();
    }
    timer = setTimeout(next, everyMs);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [url, range, stepSeconds, live, near]);

  return (
    <div ref={frame}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-5 sm:grid-cols-2">
        {(gpusOnly ? GPU_CHARTS : CHARTS).map((chart) => (
          <MetricChart key={chart.title} chart={chart} metrics={metrics} near={near} limits={limits} />
        ))}
      </div>
      <MetricTable metrics={metrics} />
    </div>
  );
}

type MetricChartProps = {
  chart: Chart;
  metrics: Metrics;
  near: boolean;
  limits: Partial<Record<Measure, number>>;
};

function MetricChart({ chart, metrics, near, limits }: MetricChartProps) {
  const lines = useMemo(
    () => metrics.series.filter(({ measure }) => chart.measures.includes(measure)),
    [metrics, chart.measures],
  );
  const [at, setAt] = useState<number | null>(null);
  const [first] = chart.measures;
  const limit = first === undefined ? undefined : limits[first];
  const several = chart.measures.length > 1;
  const perGpu = first !== undefined && MEASURES[first].perGpu;
  const figures = chart.measures.map((measure) => {
    const mine = lines.filter((line) => line.measure === measure);
    const shown = mine.map((line) => (at === null ? latestOf(line) : (line.mean[at] ?? null)));
    const said = shown.filter((figure) => figure !== null);
    // Several GPUs are one figure here, their mean; the table has each.
    const figure = said.length === 0 ? null : said.reduce((sum, each) => sum + each, 0) / said.length;
    return { measure, figure, gpus: mine.length };
  });
  return (
    <figure className="min-w-0">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="text-muted">{chart.title}</span>
        <span className="tabular flex flex-wrap gap-x-3 font-medium">
          {figures.map(({ measure, figure, gpus }) => (
            <span key={measure}>
              {several && (
                <span className="font-normal text-muted">
                  {MEASURES[measure].label.replace(`${chart.title} `, '')}{' '}
                </span>
              )}
              {figureText(measure, figure)}
              {limit !== undefined && !several && (
                <span className="font-normal text-muted"> of {figureText(measure, limit).replace('.0 ', ' ')}</span>
              )}
              {perGpu && gpus > 1 && <span className="font-normal text-muted"> mean of {gpus}</span>}
            </span>
          ))}
        </span>
      </figcaption>
      <div aria-hidden className="relative mt-1 h-28">
        {first !== undefined && lines.length > 0 && <MetricSketch measure={first} lines={lines} limit={limit} />}
        {near && <MetricPlot metrics={metrics} lines={lines} top={limit} onPoint={setAt} />}
      </div>
    </figure>
  );
}
