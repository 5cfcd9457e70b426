import Link from 'next/link';
import type { ReactNode } from 'react';
import { FinishCell } from '#components/fit/finish-cell.tsx';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { Money } from '#components/ui/money.tsx';
import { SortTh, Table, Td, Th } from '#components/ui/table.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { roughly } from '#lib/catalogue/fit/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBitsPerSecond, formatBytes } from '#lib/catalogue/quantity.ts';
import type { Sort } from '#lib/catalogue/search.ts';
import { OfferActions } from './offer-actions.tsx';
import { OfferBadges } from './offer-badges.tsx';
import { OfferCard } from './offer-card.tsx';
import type { ExtraOf, OfferExtra } from './offer-extras.ts';
import { offerHref, sayFree, sayFreeUntil } from './offer-words.ts';
import { explainHref, PriceLabel } from './price-label.tsx';

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
  /** What a search says of each beside its facts. */
  extraOf?: ExtraOf | undefined;
};

/** Offers as a table where there is room and as cards where there is not. */
export function OfferList({ offers, caption, sorting, extraOf }: OfferListProps) {
  const head = (sort: Sort, label: ReactNode, numeric: boolean) =>
    sorting === undefined ? (
      <Th numeric={numeric}>{label}</Th>
    ) : (
      <SortTh numeric={numeric} href={sorting.hrefs[sort]} sorted={sorting.by === sort ? DIRECTIONS[sort] : undefined}>
        {label}
      </SortTh>
    );
  const rows = offers.map((offer, index) => ({ offer, extra: extraOf?.(offer, index) }));
  const forJob = rows[0]?.extra?.finish !== undefined;
  const byShell = rows[0]?.extra?.shellSeconds !== undefined;
  return (
    <>
      <ul className="xl:hidden" aria-label={caption}>
        {rows.map(({ offer, extra }) => (
          <OfferCard key={offer.listingId} offer={offer} extra={extra} />
        ))}
      </ul>
      <div className="hidden xl:block">
        <Table caption={caption}>
          <thead>
            <tr>
              <Th>GPUs</Th>
              {head('vram', 'Memory each', true)}
              <Th>Host</Th>
              {head('reliability', 'Reliability', true)}
              <Th numeric>CPU · RAM · down</Th>
              {forJob && head('cost', 'Cost to finish', true)}
              {byShell && head('start', 'First shell', true)}
              {head('price', 'GPU-hour', true)}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ offer, extra }) => (
              <OfferLine key={offer.listingId} offer={offer} extra={extra} />
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function OfferLine({ offer, extra }: { offer: OfferRow; extra: OfferExtra | undefined }) {
  const until = sayFreeUntil(offer);
  const name = gpuLabel(offer.gpuCount, offer.gpuModel);
  return (
    <tr className="relative hover:bg-hover">
      <Th scope="row" className="min-w-36">
        <Link
          href={offerHref(offer)}
          className="after:absolute after:inset-0 min-h-6 inline-flex items-center hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
        >
          {name}
        </Link>
        <span className="block font-normal text-muted text-xs">{sayFree(offer)}</span>
        {until !== null && <span className="block font-normal text-muted text-xs">{until}</span>}
      </Th>
      <Td numeric>{formatBytes(offer.vramBytes)}</Td>
      <Td className="min-w-62 max-w-72">
        <span className="block truncate">{placeLabel(offer.region, offer.country)}</span>
        <span className="block truncate text-muted text-xs">{offer.machineName}</span>
        <OfferBadges offer={offer} />
        {extra && <OfferActions extra={extra} about={`${name} on ${offer.machineName}`} />}
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
      {extra?.finish !== undefined && (
        <Td numeric>
          <FinishCell finish={extra.finish} freeGpus={offer.freeGpus} />
        </Td>
      )}
      {extra?.shellSeconds !== undefined && <Td numeric>about {roughly(extra.shellSeconds)}</Td>}
      <Td numeric>
        <Money micros={offer.priceMicrosPerGpuHour} className="font-semibold" />
        {extra && (
          <span className="mt-0.5 block">
            <PriceLabel label={extra.label} href={explainHref(offer.listingId)} />
          </span>
        )}
      </Td>
    </tr>
  );
}
