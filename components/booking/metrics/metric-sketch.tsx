import { axisText } from '#lib/telemetry/figure.ts';
import type { Measure, Series } from '#lib/telemetry/measure.ts';
import { mostOf, SKETCH_HEIGHT, SKETCH_WIDTH, sketchPath, topOf } from '#lib/telemetry/sketch.ts';

/** Lines take these in turn. */
export const INKS = [
  'text-accent-ink',
  'text-info-ink',
  'text-good-ink',
  'text-warn-ink',
  'text-bad-ink',
  'text-muted',
] as const;

type MetricSketchProps = {
  measure: Measure;
  lines: readonly Series[];
  /** What was promised of the measure. */
  limit: number | undefined;
};

/** What is stored, drawn with the page: it stands until the chart that can be pointed at takes its place, and without scripts it stays. */
export function MetricSketch({ measure, lines, limit }: MetricSketchProps) {
  const top = topOf(measure, mostOf(lines), limit);
  return (
    <div className="absolute inset-0 flex gap-2 pb-5.5 text-[0.6875rem] text-muted leading-none">
      <span className="flex w-15 flex-col items-end justify-between">
        <span>{axisText(measure, top)}</span>
        <span>{axisText(measure, top / 2)}</span>
        <span>{axisText(measure, 0)}</span>
      </span>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${SKETCH_WIDTH} ${SKETCH_HEIGHT}`}
        preserveAspectRatio="none"
        className="my-1.5 min-w-0 flex-1 border-line border-y"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        {lines.map((line, index) => (
          <path
            key={`${line.measure} ${line.gpu}`}
            d={sketchPath(line, top)}
            vectorEffect="non-scaling-stroke"
            className={INKS[index % INKS.length]}
          />
        ))}
      </svg>
    </div>
  );
}
