import { addSeconds } from '#lib/base/time.ts';
import type { Measure, Metrics } from './measure.ts';

/** For how long the newest figure of a GPU is what it does now: three looks at one that nobody rents. */
export const NEWEST_SECONDS = 90;

/** What a GPU did when it was looked at last: each measure by its newest figure, and when that was. */
export type Newest = {
  /** When the newest of them was measured, to the step of the metrics. */
  readonly at: Date;
  readonly figures: Partial<Record<Measure, number>>;
};

/** One figure of all GPUs of a machine, as its newest looks have it: of each that was looked at. Null when none was. */
export function figuresNow(newest: ReadonlyMap<number, Newest>, measure: Measure): readonly number[] | null {
  const said = [...newest.values()].flatMap(({ figures }) => figures[measure] ?? []);
  return said.length === 0 ? null : said;
}

/** A figure, and whether it is of now. */
export type Dated = { readonly figure: number | null | undefined; readonly now: boolean };

/**
 * What a GPU, by its place, does: as it was looked at last, or, of one that nobody looks at, as its driver said it when the
 * machine was last described. The two are never shown as one.
 */
export function figureOf(
  newest: ReadonlyMap<number, Newest>,
  place: number,
  measure: Measure,
  described: number | null | undefined,
): Dated {
  const figure = newest.get(place)?.figures[measure];
  return figure === undefined ? { figure: described, now: false } : { figure, now: true };
}

/** The newest figures of each GPU, by its place; one of which nothing was heard is not among them. */
export function newestOf({ series, startsAt, stepSeconds }: Metrics): ReadonlyMap<number, Newest> {
  const found = new Map<number, Newest>();
  for (const { gpu, measure, mean } of series) {
    const index = mean.findLastIndex((figure) => figure !== null);
    const figure = mean[index];
    if (gpu === null || figure === null || figure === undefined) continue;
    const before = found.get(gpu);
    const at = addSeconds(startsAt, index * stepSeconds);
    found.set(gpu, {
      at: before !== undefined && before.at > at ? before.at : at,
      figures: { ...before?.figures, [measure]: figure },
    });
  }
  return found;
}
