import Link from 'next/link';
import type { ReactNode } from 'react';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { SortTh, Table, Td, Th } from '#components/ui/table.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBitsPerSecond, formatBytes } from '#lib/catalogue/quantity.ts';
import type { Sort } from '#lib/catalogue/search.ts';
import { OfferCard } from './offer-card.tsx';
import { offerHref, sayFree } from './offer-words.ts';

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
  /** Makes the headers sort: how it is sorted now, and the address for each way. */
  sorting?: { readonly by: Sort; readonly hrefs: Readonly<Record<Sort, string>> } | undefined;
};

/** Offers as a table where there is room and as cards where there is not. */
export function OfferList({ offers, caption, sorting }: OfferListProps) {
  const head = (sort: Sort, label: ReactNode, numeric: boolean) =>
    sorting === undefined ? (
      <Th numeric={numeric}>{label}</Th>
    ) : (
      <SortTh numeric={numeric} href={sorting.hrefs[sort]} sorted={sorting.by === sort ? DIRECTIONS[sort] : undefined}>
        {label}
      </SortTh>
    );
  return (
    <>
      <ul className="xl:hidden" aria-label={caption}>
        {offers.map((offer) => (
          <OfferCard key={offer.listingId} offer={offer} />
        ))}
      </ul>
      <div className="hidden xl:block">
        <Table caption={caption}>
          <thead>
            <tr>
              <Th>GPUs</Th>
              {head('vram', 'Memory each', true)}
              <Th>Host</Th>
              <Th>Checked</Th>
              {head('reliability', 'Reliability', true)}
              <Th numeric>CPU · RAM · down</Th>
              {head('price', 'GPU-hour', true)}
            </tr>
          </thead>
          <tbody>
            {offers.map((offer) => (
              <OfferLine key={offer.listingId} offer={offer} />
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function OfferLine({ offer }: { offer: OfferRow }) {
  return (
    <tr className="relative hover:bg-hover">
      <Th scope="row" className="min-w-36">
        <Link
          href={offerHref(offer)}
          className="after:absolute after:inset-0 min-h-6 inline-flex items-center hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          {gpuLabel(offer.gpuCount, offer.gpuModel)}
        </Link>
        <span className="block font-normal text-muted text-xs">{sayFree(offer)}</span>
      </Th>
      <Td numeric>{formatBytes(offer.vramBytes)}</Td>
      <Td className="max-w-44">
        <span className="block truncate">{placeLabel(offer.region, offer.country)}</span>
        <span className="block truncate text-muted text-xs">{offer.machineName}</span>
      </Td>
      <Td>
        <span className="flex flex-wrap gap-1">
          <TrustBadge tier={offer.trust} />
          {offer.simulated && <SimulatedBadge />}
          {offer.own && <Badge tone="accent">yours</Badge>}
          {offer.health === 'late' && <Badge tone="warn">late</Badge>}
        </span>
      </Td>
      <Td numeric>
        <ReliabilityFigure basisPoints={offer.reliabilityBasisPoints} />
      </Td>
      <Td numeric>
        {offer.cpuThreads} threads
        <span className="block text-muted text-xs">
          {formatBytes(offer.memoryBytes)}
          {offer.networkDownBitsPerSecond !== null && ` · ${formatBitsPerSecond(offer.networkDownBitsPerSecond)}`}
        </span>
      </Td>
      <Td numeric>
        <Money micros={offer.priceMicrosPerGpuHour} className="font-semibold" />
      </Td>
    </tr>
  );
}
