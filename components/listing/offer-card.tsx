import Link from 'next/link';
import { FinishCell } from '#components/fit/finish-cell.tsx';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { Money } from '#components/ui/money.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { roughly } from '#lib/catalogue/fit/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { OfferActions } from './offer-actions.tsx';
import { OfferBadges } from './offer-badges.tsx';
import type { OfferExtra } from './offer-extras.ts';
import { offerHref, sayFree, sayFreeUntil } from './offer-words.ts';
import { explainHref, PriceLabel } from './price-label.tsx';

/** An offer on a phone: what, where, how sure, how much. */
export function OfferCard({ offer, extra }: { offer: OfferRow; extra?: OfferExtra | undefined }) {
  const name = gpuLabel(offer.gpuCount, offer.gpuModel);
  const until = sayFreeUntil(offer);
  return (
    <li className="relative flex flex-col gap-2 border-line border-b px-4 py-3.5 last:border-b-0">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <Link
            href={offerHref(offer)}
            className="font-semibold after:absolute after:inset-0 min-h-6 inline-flex items-center hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            {name}
          </Link>
          <p className="text-muted text-sm">
            {formatBytes(offer.vramBytes)} each · {sayFree(offer)}
            {until !== null && `, ${until}`}
          </p>
        </div>
        <p className="shrink-0 text-right font-semibold">
          <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" />
        </p>
      </div>
      <p className="truncate text-muted text-sm">
        {placeLabel(offer.region, offer.country)} · {offer.machineName}
      </p>
      <div className="flex flex-wrap items-center gap-1.5 text-sm">
        {extra && <PriceLabel label={extra.label} href={explainHref(offer.listingId)} />}
        <OfferBadges offer={offer} />
        <span className="text-muted">
          Reliability <ReliabilityFigure basisPoints={offer.reliabilityBasisPoints} />
        </span>
      </div>
      {extra?.finish !== undefined && (
        <p className="text-sm">
          To finish: <FinishCell finish={extra.finish} freeGpus={offer.freeGpus} />
        </p>
      )}
      {extra?.shellSeconds !== undefined && (
        <p className="text-muted text-sm">First shell in about {roughly(extra.shellSeconds)}</p>
      )}
      {extra && <OfferActions extra={extra} about={`${name} on ${offer.machineName}`} />}
    </li>
  );
}
