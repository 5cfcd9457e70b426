'use client';

import Link from 'next/link';
import { type BookWords, bookHref } from '#components/booking/book-href.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import type { SizesTyped } from '#lib/bookings/sizes.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';

/** What was typed, as far as an address may carry it. */
export type WordsTyped = SizesTyped & Pick<BookWords, 'image' | 'name'> & { readonly other?: string };

type NearOffersProps = {
  offers: readonly OfferRow[];
  words: WordsTyped;
  /** What a click takes along. */
  description?: string;
  /** Called with the chosen listing before its page is opened. */
  onChoose?: (listingId: string) => void;
  className?: string;
};

/** The offers nearest to one that cannot be had: a click takes everything typed along. */
export function NearOffers({
  offers,
  words,
  description = 'What you typed comes along.',
  onChoose,
  className,
}: NearOffersProps) {
  const { gpus, disk, hours, cap, name } = words;
  const image = words.image === 'other' ? words.other : words.image;
  return (
    <Panel
      flush
      title="Nearest offers, free now"
      description={description}
      {...(className !== undefined && { className })}
    >
      <ul className="border-line border-t">
        {offers.map((offer) => (
          <li
            key={offer.listingId}
            className="relative flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b px-4 py-3 last:border-b-0 hover:bg-hover sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-56">
              <Link
                href={bookHref(offer.listingId, { gpus, disk, hours, cap, image, name })}
                onClick={() => onChoose?.(offer.listingId)}
                className="font-medium row-cover"
              >
                {gpuLabel(offer.gpuCount, offer.gpuModel)}
              </Link>
              <p className="flex flex-wrap items-center gap-x-1.5 text-muted text-sm [overflow-wrap:anywhere]">
                {formatBytes(offer.vramBytes)} each · {placeLabel(offer.region, offer.country)} · {offer.machineName}
                {offer.simulated && <SimulatedBadge />}
              </p>
            </div>
            <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" className="font-semibold" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
