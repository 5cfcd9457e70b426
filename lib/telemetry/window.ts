import { SECOND } from '#lib/base/time.ts';
import type { Metrics, Series } from './measure.ts';

type Figures = readonly (number | null)[];

/**
 * The same window moved on by newer points: `more` begins at the last point that was known or later. Of points in both the
 * newer counts; those that were not asked for are empty; as many at the beginning are let go.
 */
export function movedOn(before: Metrics, more: Metrics): Metrics {
  if (more.stepSeconds !== before.stepSeconds || more.points === 0) return before;
  const step = before.stepSeconds * SECOND;
  const offset = Math.round((more.startsAt.getTime() - before.startsAt.getTime()) / step);
  // Only by a clock that was set back.
  if (offset < 0) return more.points === before.points ? more : before;
  const moved = Math.max(0, offset + more.points - before.points);
  const keys = new Set([...before.series, ...more.series].map(keyOf));
  const old = new Map(before.series.map((series) => [keyOf(series), series]));
  const fresh = new Map(more.series.map((series) => [keyOf(series), series]));
  const series = [...keys].flatMap((key) => {
    const [was, is] = [old.get(key), fresh.get(key)];
    const named = was ?? is;
    if (named === undefined) return [];
    const join = (a: Figures | undefined, b: Figures | undefined) =>
      Array.from({ length: before.points }, (_, index) => {
        const place = index + moved;
        return place >= offset ? (b?.[place - offset] ?? null) : (a?.[place] ?? null);
      });
    const { measure, gpu } = named;
    return [
      {
        measure,
        gpu,
        mean: join(was?.mean, is?.mean),
        least: join(was?.least, is?.least),
        most: join(was?.most, is?.most),
      },
    ];
  });
  return { ...before, startsAt: new Date(before.startsAt.getTime() + moved * step), series };
}

function keyOf({ measure, gpu }: Series): string {
  return `${measure} ${gpu ?? ''}`;
}

/** When the last point begins: what is to be asked for again. */
export function lastPointAt({ startsAt, stepSeconds, points }: Metrics): Date {
  return new Date(startsAt.getTime() + Math.max(0, points - 1) * stepSeconds * SECOND);
}

/** The newest figure of the last three points: "now"; null when nothing was heard lately. */
export function latestOf(series: Series): number | null {
  return series.mean.slice(-3).findLast((figure) => figure !== null) ?? null;
}

/** Least, mean and most over the whole window; null where nothing was said. */
export function summaryOf(series: Series): { least: number | null; mean: number | null; most: number | null } {
  const said = <T>(list: readonly (T | null)[]) => list.filter((figure): figure is T => figure !== null);
  const means = said(series.mean);
  if (means.length === 0) return { least: null, mean: null, most: null };
  const mean = means.reduce((sum, figure) => sum + figure, 0) / means.length;
  return { least: Math.min(...said(series.least)), mean, most: Math.max(...said(series.most)) };
}
