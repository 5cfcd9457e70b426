'use client';

import type { ReactNode } from 'react';
import { Th } from '#components/ui/cells.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import { SoftLinks } from '#components/ui/soft-links.tsx';
import { SortTh, Table } from '#components/ui/table.tsx';
import type { Sort } from '#lib/catalogue/search.ts';
import type { OfferLine } from './offer-line.ts';
import { OfferRows } from './offer-rows.tsx';

const DIRECTIONS = {
  price: 'ascending',
  vram: 'descending',
  reliability: 'descending',
  newest: 'descending',
  cost: 'ascending',
  start: 'ascending',
} as const;

/** How a list of offers is sorted now, and the address for each way. */
export type Sorting = { readonly by: Sort; readonly hrefs: Readonly<Record<Sort, string>> };

type OfferTableProps = {
  caption: string;
  /** Makes the headers sort. */
  sorting: Sorting | undefined;
  lines: Packed<readonly OfferLine[]>;
};

/**
 * The table that {@link OfferList} fills. Nothing in it reacts but its links; it is drawn in the browser as well because its words
 * are a fifth of its markup, which would otherwise travel twice and be read and written three times by the server.
 */
export function OfferTable({ caption, sorting, lines: packed }: OfferTableProps) {
  const lines = unpack(packed);
  const head = (sort: Sort, label: ReactNode) =>
    sorting === undefined ? (
      <Th numeric>{label}</Th>
    ) : (
      <SortTh numeric href={sorting.hrefs[sort]} sorted={sorting.by === sort ? DIRECTIONS[sort] : undefined}>
        {label}
      </SortTh>
    );
  return (
    <SoftLinks>
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
    </SoftLinks>
  );
}
