'use client';

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisText, roundTop } from '#lib/telemetry/figure.ts';
import { MEASURES, type Measure, type Metrics, type Series } from '#lib/telemetry/measure.ts';

/** Lines take these in turn; they are re-read when the theme changes, for a canvas knows no tokens. */
const INKS = ['text-accent-ink', 'text-info-ink', 'text-good-ink', 'text-warn-ink', 'text-bad-ink', 'text-muted'];
const HEIGHT = 112;

type MetricPlotProps = {
  metrics: Metrics;
  lines: readonly Series[];
  top: number | undefined;
  /** Which point the pointer is at; null when it is away. */
  onPoint: (index: number | null) => void;
};

/** One chart: a line for each series, around it the span from least to most where a point stands for more than one look. */
export function MetricPlot({ metrics, lines, top, onPoint }: MetricPlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const palette = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | null>(null);
  const point = useRef(onPoint);
  point.current = onPoint;
  const shape = lines.map(({ measure, gpu }) => `${measure}${gpu ?? ''}`).join(' ');
  const data = dataOf(metrics, lines);
  const newest = useRef(data);
  newest.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew only for other lines; figures are handed to the chart that is there
  useEffect(() => {
    const frame = box.current;
    if (frame === null) return;
    const inks = () => [...(palette.current?.children ?? [])].map((each) => getComputedStyle(each).color);
    let colours = inks();
    const ink = (index: number) => colours[index % INKS.length] ?? 'gray';
    const quiet = () => colours[INKS.length] ?? 'gray';
    const faint = () => colours[INKS.length + 1] ?? 'gray';
    const [measure = 'cpuMillis'] = lines.map((line) => line.measure);
    const percent = MEASURES[measure].unit === 'percent';
    const axis = { stroke: quiet, grid: { stroke: faint, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const made = new uPlot(
      {
        width: frame.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 } },
        scales: { y: { range: (_, __, most) => [0, percent ? 100 : topOf(measure, most, top)] } },
        axes: [
          { ...axis, space: 70, size: 22, values: (_, splits) => splits.map((second) => clock(second)) },
          {
            ...axis,
            size: 68,
            splits: ({ scales }) => [0, (scales.y?.max ?? 1) / 2, scales.y?.max ?? 1],
            values: (_, splits) => splits.map((figure) => axisText(measure, figure)),
          },
        ],
        series: [
          {},
          ...lines.flatMap((_, index) => [
            { stroke: () => ink(index), width: 1.5, points: { show: false } },
            { stroke: 'transparent', width: 0, points: { show: false } },
            { stroke: 'transparent', width: 0, points: { show: false } },
          ]),
        ],
        bands: lines.map((_, index) => ({
          series: [2 + index * 3, 3 + index * 3] as [number, number],
          fill: () => `color-mix(in oklab, ${ink(index)} 18%, transparent)`,
        })),
        hooks: { setCursor: [({ cursor }) => point.current(cursor.idx ?? null)] },
      },
      newest.current,
      frame,
    );
    plot.current = made;
    const repaint = () => {
      colours = inks();
      made.redraw(false);
    };
    const resized = new ResizeObserver(() => made.setSize({ width: frame.clientWidth, height: HEIGHT }));
    resized.observe(frame);
    const themed = new MutationObserver(repaint);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style'] });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', repaint);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener('change', repaint);
      made.destroy();
      plot.current = null;
    };
  }, [shape, top]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `data` is made from these
  useEffect(() => plot.current?.setData(newest.current), [metrics, lines]);

  return (
    <div className="relative h-28">
      <span ref={palette} hidden>
        {[...INKS, 'text-muted', 'text-line'].map((name, index) => (
          <i key={index} className={name} />
        ))}
      </span>
      {/* For the frame between a new width of the window and the canvas that follows it. */}
      <div ref={box} className="absolute inset-0 overflow-x-clip" />
    </div>
  );
}

/** What was promised is the top of a chart where half of it is used; below that the curve would lie on the ground. */
function topOf(measure: Measure, most: number | null, promised: number | undefined): number {
  const high = most ?? 0;
  return promised !== undefined && high >= promised / 2 ? Math.max(promised, high) : roundTop(measure, high);
}

function dataOf({ startsAt, stepSeconds, points }: Metrics, lines: readonly Series[]): uPlot.AlignedData {
  const begin = startsAt.getTime() / 1_000;
  const times = Array.from({ length: points }, (_, index) => begin + index * stepSeconds);
  return [times, ...lines.flatMap(({ mean, most, least }) => [[...mean], [...most], [...least]])];
}

function clock(second: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(second * 1_000),
  );
}
