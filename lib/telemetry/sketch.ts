import { roundTop } from './figure.ts';
import { MEASURES, type Measure, type Series } from './measure.ts';

/** A sketch is as wide as so many steps, and drawn with at most one corner for each: a page is not to grow by what a picture cannot show. */
export const SKETCH_WIDTH = 120;
export const SKETCH_HEIGHT = 100;

/** The top of a chart: of a share the whole; what was promised where half of it is used, for below that a curve would lie on the ground. */
export function topOf(measure: Measure, most: number | null, promised: number | undefined): number {
  if (MEASURES[measure].unit === 'percent') return 100;
  const high = most ?? 0;
  return promised !== undefined && high >= promised / 2 ? Math.max(promised, high) : roundTop(measure, high);
}

/** The most that any of some series says; null when none says anything. */
export function mostOf(lines: readonly Pick<Series, 'most'>[]): number | null {
  const said = lines.flatMap(({ most }) => most.filter((figure) => figure !== null));
  return said.length === 0 ? null : said.reduce((high, figure) => Math.max(high, figure), 0);
}

/**
 * A series as the path of an SVG of {@link SKETCH_WIDTH} × {@link SKETCH_HEIGHT}, zero at the bottom and `top` at the top: a corner is the mean of
 * its points, and where nothing was said there is a gap. A lonely point is a short stroke. Empty when nothing was said at all.
 */
export function sketchPath({ mean }: Pick<Series, 'mean'>, top: number): string {
  const width = Math.max(1, mean.length / SKETCH_WIDTH);
  const steps = Math.ceil(mean.length / width);
  const corners = Array.from({ length: steps }, (_, step) => {
    const said = mean
      .slice(Math.floor(step * width), Math.floor((step + 1) * width))
      .filter((figure) => figure !== null);
    if (said.length === 0) return null;
    const figure = said.reduce((sum, each) => sum + each, 0) / said.length;
    const x = steps === 1 ? 0 : (step / (steps - 1)) * SKETCH_WIDTH;
    return [short(x), short(SKETCH_HEIGHT * (1 - Math.min(1, figure / top)))] as const;
  });
  return corners
    .flatMap((corner, step) => {
      if (corner === null) return [];
      const begins = (corners[step - 1] ?? null) === null;
      const lonely = begins && (corners[step + 1] ?? null) === null;
      return [`${begins ? 'M' : 'L'}${corner[0]} ${corner[1]}${lonely ? 'h1' : ''}`];
    })
    .join('');
}

/** To a tenth, without zeros. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
