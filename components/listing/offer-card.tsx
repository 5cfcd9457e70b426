import Link from 'next/link';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { offerHref, sayFree } from './offer-words.ts';

/** An offer on a phone: what, where, how sure, how much. */
export function OfferCard({ offer }: { offer: OfferRow }) {
  return (
    <li className="relative flex flex-col gap-2 border-line border-b px-4 py-3.5 last:border-b-0">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <Link
            href={offerHref(offer)}
            className="font-semibold after:absolute after:inset-0 min-h-6 inline-flex items-center hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
          >
            {gpuLabel(offer.gpuCount, offer.gpuModel)}
          </Link>
          <p className="text-muted text-sm">
            {formatBytes(offer.vramBytes)} each · {sayFree(offer)}
          </p>
        </div>
        <p className="shrink-0 text-right font-semibold">
          <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" />
        </p>
      </div>
      <p className="truncate text-muted text-sm">
        {placeLabel(offer.region, offer.country)} · {offer.machineName}
      </p>
      <p className="flex flex-wrap items-center gap-1.5 text-sm">
        <TrustBadge tier={offer.trust} />
        {offer.simulated && <SimulatedBadge />}
        {offer.own && <Badge tone="accent">yours</Badge>}
        {offer.health === 'late' && <Badge tone="warn">late</Badge>}
        <span className="text-muted">
          Reliability <ReliabilityFigure basisPoints={offer.reliabilityBasisPoints} />
        </span>
      </p>
    </li>
  );
}
