import Link from 'next/link';
import { bookHref } from '#components/booking/book-href.ts';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { type NearOffer, SERVING_LABELS, type ServingOffer, type StandingReport } from '#lib/bookings/standing-fit.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';

type ReportProps = {
  report: StandingReport;
  /** Sizes for a booking by hand, as an address carries them. */
  words: { readonly gpus: string; readonly disk: string; readonly hours: string };
};

/** How a request stands in the market: what serves it now, and of the rest how many are out for which reason. */
export function StandingReportView({ report, words }: ReportProps) {
  const { offered, fitting, taken, misfits, nearest } = report;
  if (offered === 0) return <p className="text-muted">Nothing is offered on this market right now.</p>;
  return (
    <div className="space-y-5">
      <p className="font-medium">{headline(report)}</p>
      {fitting.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {fitting.slice(0, 5).map((offer) => (
            <Offer key={offer.listingId} offer={offer} href={bookHref(offer.listingId, words)} />
          ))}
        </ul>
      )}
      {misfits.length > 0 && (
        <div>
          <p className="mb-1 text-muted text-sm">{outWords(report)}, by the first thing that is in the way:</p>
          <ul className="divide-y divide-line text-sm">
            {misfits.map(({ misfit, offers }) => (
              <li key={misfit} className="flex items-baseline justify-between gap-4 py-1.5">
                <span className="min-w-0">{SERVING_LABELS[misfit]}</span>
                <span className="tabular shrink-0 font-medium">{offers}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {nearest.length > 0 && taken === 0 && (
        <div>
          <p className="mb-1.5 text-muted text-sm">Nearest to it:</p>
          <ul className="divide-y divide-line rounded-lg border border-line">
            {nearest.map(({ offer, lacks }) => (
              <Offer key={offer.listingId} offer={offer} href={`/gpus/${offer.listingId}`} lacks={lacks} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function countOf({ offered, misfits }: StandingReport): number {
  return offered - misfits.reduce((sum, { offers }) => sum + offers, 0);
}

function outWords(report: StandingReport): string {
  const out = report.offered - countOf(report);
  const offers = out === 1 ? 'offer' : 'offers';
  return countOf(report) > 0 ? `The other ${out} ${offers}` : `The ${out} ${offers} of this market`;
}

function headline(report: StandingReport): string {
  const now = countOf(report);
  if (now > 0) return now === 1 ? 'One offer serves it now.' : `${now} offers serve it now.`;
  if (report.taken > 0)
    return report.taken === 1
      ? 'One machine would serve it when its GPUs are free again.'
      : `${report.taken} machines would serve it when their GPUs are free again.`;
  return 'No machine that is offered now could serve it, even if it were free.';
}

function Offer({ offer, href, lacks }: { offer: ServingOffer; href: string; lacks?: NearOffer['lacks'] }) {
  return (
    <li className="relative flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3.5 py-2.5 hover:bg-hover">
      <div className="min-w-0 flex-1 basis-48">
        <Link href={href} className="inline-flex min-h-6 items-center font-medium row-cover">
          {gpuLabel(offer.gpuCount, offer.gpuModel)}
        </Link>
        <p className="flex flex-wrap items-center gap-x-1.5 text-muted text-sm [overflow-wrap:anywhere]">
          {placeLabel(offer.region, offer.country)} · {offer.machineName}
          {offer.simulated && <SimulatedBadge />}
        </p>
        {lacks && <p className="text-sm text-warn-ink">{lacks.map((misfit) => SERVING_LABELS[misfit]).join(', ')}</p>}
      </div>
      <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" className="font-semibold" />
    </li>
  );
}
