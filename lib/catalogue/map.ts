import type { Micros } from '#lib/base/money.ts';
import { COUNTRY_PLACES } from './country-places.ts';

/** What a country has of a search. */
export type CountryOffers = {
  readonly country: string;
  readonly offers: number;
  readonly cheapestMicros: Micros | null;
};

/** Countries so near to each other that a mark of their own would cover the others; in percent of the picture. */
export type MapCluster = CountryOffers & {
  readonly countries: readonly string[];
  readonly x: number;
  readonly y: number;
};

/** How much wider than high the picture is. */
const WIDE = 960 / 440;

/**
 * Marks for a map: the country with the most offers first, and each that is nearer than `apart` (percent of the width) to a mark
 * joins it. A mark stands where its largest country is. Countries that the picture does not have are left out.
 */
export function clustersOf(countries: readonly CountryOffers[], apart: number): readonly MapCluster[] {
  const clusters: MapCluster[] = [];
  const order = countries
    .filter(({ offers, country }) => offers > 0 && COUNTRY_PLACES[country] !== undefined)
    .toSorted((a, b) => b.offers - a.offers || (a.country < b.country ? -1 : 1));
  for (const { country, offers, cheapestMicros } of order) {
    const [x, y] = COUNTRY_PLACES[country] as readonly [number, number];
    const at = clusters.findIndex((mark) => Math.hypot(mark.x - x, (mark.y - y) / WIDE) < apart);
    const mark = clusters[at];
    if (mark === undefined) clusters.push({ country, countries: [country], offers, cheapestMicros, x, y });
    else
      clusters[at] = {
        ...mark,
        countries: [...mark.countries, country],
        offers: mark.offers + offers,
        cheapestMicros: cheaper(mark.cheapestMicros, cheapestMicros),
      };
  }
  return clusters;
}

function cheaper(a: Micros | null, b: Micros | null): Micros | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
