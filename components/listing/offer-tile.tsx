import { FinishCell } from '#components/fit/finish-cell.tsx';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { FactGroups } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import { roughly } from '#lib/catalogue/fit/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { formatBitsPerSecond, formatBytes } from '#lib/catalogue/quantity.ts';
import { OfferActions } from './offer-actions.tsx';
import { OfferBadges } from './offer-badges.tsx';
import type { OfferExtra } from './offer-extras.ts';
import { offerHref } from './offer-hrefs.ts';
import { badgesOf } from './offer-line.ts';
import { sayFree, sayFreeUntil } from './offer-words.ts';
import { PriceTag } from './price-tag.tsx';

/** An offer as a card: its facts grouped into what computes, who hosts and at which terms. Stands in {@link SoftLinks}. */
export function OfferTile({ offer, extra, now }: { offer: OfferRow; extra: OfferExtra; now: Date }) {
  const name = gpuLabel(offer.gpuCount, offer.gpuModel);
  const until = sayFreeUntil(offer, now);
  const link = offer.networkDownBitsPerSecond;
  return (
    <li className="relative flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-semibold text-lg [overflow-wrap:anywhere]">
          <a
            href={offerHref(offer.listingId)}
            className="inline-flex min-h-6 items-center after:absolute after:inset-0 after:rounded-xl hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
          >
            {name}
          </a>
        </h2>
        <p className="text-right font-semibold">
          <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" />
        </p>
      </div>
      <div className="flex flex-wrap gap-1">
        {extra.label && <PriceTag word={extra.label.word} listingId={offer.listingId} />}
        <OfferBadges badges={badgesOf(offer)} />
      </div>
      <FactGroups
        groups={[
          {
            title: 'Compute',
            facts: [
              { label: 'Memory', value: `${formatBytes(offer.vramBytes)} each` },
              { label: 'CPU', value: `${offer.cpuThreads} threads` },
              { label: 'RAM', value: formatBytes(offer.memoryBytes) },
            ],
          },
          {
            title: 'Host',
            facts: [
              { label: 'Place', value: placeLabel(offer.region, offer.country) },
              { label: 'Reliability', value: <ReliabilityFigure basisPoints={offer.reliabilityBasisPoints} /> },
              { label: 'Download', value: link === null ? 'not measured' : formatBitsPerSecond(link) },
            ],
          },
          {
            title: 'Terms',
            facts: [
              { label: 'GPUs', value: sayFree(offer), hint: until },
              ...(extra.finish === undefined
                ? []
                : [{ label: 'To finish', value: <FinishCell finish={extra.finish} freeGpus={offer.freeGpus} /> }]),
              ...(extra.shellSeconds === undefined
                ? []
                : [{ label: 'First shell', value: `about ${roughly(extra.shellSeconds)}` }]),
            ],
          },
        ]}
      />
      <div className="mt-auto">
        <OfferActions deeds={extra} about={`${name} on ${offer.machineName}`} />
      </div>
    </li>
  );
}
