import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { countryName } from '#lib/catalogue/country.ts';
import { type CountryOffers, clustersOf, type MapCluster } from '#lib/catalogue/map.ts';
import type { SearchAsk } from '#lib/catalogue/search.ts';

/** Marks keep this far apart, in percent of the width: wider on a phone, where the picture is small and a finger is not. */
const APART = { phone: 17, wide: 7.5 } as const;

type WorldMapProps = {
  countries: readonly CountryOffers[];
  /** Offers whose host does not say where they are. */
  nowhere: number;
  hrefOf: (change: Partial<SearchAsk>) => string;
};

/** Offers where they are, as coarse as hosts say it: countries, drawn by the server. The table below says the same. */
export function WorldMap({ countries, nowhere, hrefOf }: WorldMapProps) {
  const inOrder = countries.toSorted((a, b) => b.offers - a.offers || (a.country < b.country ? -1 : 1));
  return (
    <div className="space-y-4">
      <div className="relative aspect-[960/440] overflow-hidden rounded-lg bg-sunken">
        <svg aria-hidden viewBox="0 0 960 440" className="absolute inset-0 size-full text-line">
          <use href="/world.svg#land" fill="currentColor" />
        </svg>
        {(['phone', 'wide'] as const).map((width) => (
          <ul key={width} aria-hidden className={width === 'phone' ? 'sm:hidden' : 'max-sm:hidden'}>
            {clustersOf(countries, APART[width]).map((cluster) => (
              <Mark key={cluster.country} cluster={cluster} href={hrefOf({ countries: cluster.countries })} />
            ))}
          </ul>
        ))}
      </div>
      <Table caption="Offers by country">
        <thead>
          <tr>
            <Th>Country</Th>
            <Th numeric>Offers</Th>
            <Th numeric>GPU-hour from</Th>
          </tr>
        </thead>
        <tbody>
          {inOrder.map(({ country, offers, cheapestMicros }) => (
            <tr key={country}>
              <Th scope="row">
                <Link href={hrefOf({ countries: [country] })} className="link inline-flex min-h-6 items-center">
                  {countryName(country)}
                </Link>
              </Th>
              <Td numeric>{offers}</Td>
              <Td numeric>{cheapestMicros !== null && <Money micros={cheapestMicros} />}</Td>
            </tr>
          ))}
          {nowhere > 0 && (
            <tr>
              <Th scope="row" className="text-muted">
                Place not stated
              </Th>
              <Td numeric>{nowhere}</Td>
              <Td />
            </tr>
          )}
        </tbody>
      </Table>
    </div>
  );
}

/** A mark of the map. It repeats the table, so it is no stop of the keyboard and nothing that is read out. */
function Mark({ cluster, href }: { cluster: MapCluster; href: string }) {
  const { x, y, offers, cheapestMicros, countries } = cluster;
  const names = countries.map(countryName).join(', ');
  return (
    <li className="absolute" style={{ left: `${x}%`, top: `${y}%` }}>
      <Link
        href={href}
        tabIndex={-1}
        title={`${offers === 1 ? '1 offer' : `${offers} offers`}: ${names}`}
        className="tabular -translate-x-1/2 -translate-y-1/2 flex min-h-6 min-w-6 flex-col items-center rounded-md border border-accent-line bg-raised px-1.5 py-0.5 font-semibold text-accent-ink text-xs leading-tight shadow-raised hover:border-accent"
      >
        {offers}
        {cheapestMicros !== null && (
          <Money micros={cheapestMicros} cents className="font-normal text-muted max-sm:hidden" />
        )}
      </Link>
    </li>
  );
}
