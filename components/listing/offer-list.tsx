import type { ReactNode } from 'react';
import { Th } from '#components/ui/cells.tsx';
import { SortTh, Table } from '#components/ui/table.tsx';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import type { Sort } from '#lib/catalogue/search.ts';
import type { ExtraOf } from './offer-extras.ts';
import { offerLine } from './offer-line.ts';
import { OfferLinks } from './offer-links.tsx';
import { OfferRows } from './offer-rows.tsx';

const DIRECTIONS = {
  price: 'ascending',
  vram: 'descending',
  reliability: 'descending',
  newest: 'descending',
  cost: 'ascending',
  start: 'ascending',
} as const;

type OfferListProps = {
  offers: readonly OfferRow[];
  caption: string;
  now: Date;
  /** Makes the headers sort: how it is sorted now, and the address for each way. */
  sorting?: { readonly by: Sort; readonly hrefs: Readonly<Record<Sort, string>> } | undefined;
  /** What a search says of each beside its facts. */
  extraOf?: ExtraOf | undefined;
};

/** Offers as a table where there is room; where there is not, the same rows are cards (`offers.css`). */
export function OfferList({ offers, caption, now, sorting, extraOf }: OfferListProps) {
  const head = (sort: Sort, label: ReactNode) =>
    sorting === undefined ? (
      <Th numeric>{label}</Th>
    ) : (
      <SortTh numeric href={sorting.hrefs[sort]} sorted={sorting.by === sort ? DIRECTIONS[sort] : undefined}>
        {label}
      </SortTh>
    );
  const lines = offers.map((offer, index) => offerLine(offer, extraOf?.(offer, index), now));
  return (
    <OfferLinks>
      <Table caption={caption} className="offers">
        <thead>
          <tr>
            <Th>GPUs</Th>
            {head('vram', 'Memory each')}
            <Th>Host</Th>
            {head('reliability', 'Reliability')}
            <Th numeric>CPU · RAM · down</Th>
            {lines[0]?.finish && head('cost', 'Cost to finish')}
            {lines[0]?.shell && head('start', 'First shell')}
            {head('price', 'GPU-hour')}
          </tr>
        </thead>
        <tbody>
          <OfferRows lines={lines} />
        </tbody>
      </Table>
    </OfferLinks>
  );
}
