import { YieldNote } from '#components/booking/yield-note.tsx';
import { explainHref } from '#components/listing/offer-hrefs.ts';
import { PriceLabel } from '#components/listing/price-label.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { PriceLabel as Label } from '#lib/catalogue/price-band.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';
import { PriceForm } from './price-form.tsx';

type PriceBoxProps = { listing: ListingPage; priceLabel: Label | null; className?: string };

/** What it costs and the way to book it. A price that cannot be booked now is never shown as if it could. */
export function PriceBox({ listing, priceLabel, className }: PriceBoxProps) {
  const { terms, whyNotBookable } = listing;
  const most = Math.max(terms.minGpus, listing.freeGpus);
  const counts = Array.from({ length: most - terms.minGpus + 1 }, (_, index) => terms.minGpus + index);
  return (
    <section aria-label="Price" className={`min-w-0 rounded-xl border border-line bg-surface p-4 sm:p-5 ${className}`}>
      <p className={`font-semibold text-2xl ${whyNotBookable ? 'text-muted' : ''}`}>
        <Money micros={terms.priceMicrosPerGpuHour} per="GPU-hour" />
      </p>
      <PriceLabel label={priceLabel} href={explainHref(listing.listingId)} className="mt-1" />
      <FactList
        className="mt-3"
        facts={[
          { label: 'Disk', value: <Money micros={terms.diskPriceMicrosPerGibMonth} per="GiB-month" /> },
          {
            label: 'Free now',
            value: `${listing.freeGpus} of ${listing.gpus.length} ${listing.gpus.length === 1 ? 'GPU' : 'GPUs'}`,
          },
          ...(listing.freeGpus > 0
            ? [
                {
                  label: 'Free until',
                  value: listing.freeUntil === null ? 'no end set' : <TimeAgo at={listing.freeUntil} />,
                },
              ]
            : []),
        ]}
      />
      {whyNotBookable === null ? (
        <PriceForm
          listingId={listing.listingId}
          counts={counts}
          priceMicrosPerGpuHour={terms.priceMicrosPerGpuHour.toString()}
          diskPriceMicrosPerGibMonth={terms.diskPriceMicrosPerGibMonth.toString()}
          note={<YieldNote listing={listing} />}
        />
      ) : (
        <Callout tone={listing.own ? 'info' : 'warn'} title="Cannot be booked now" className="mt-4">
          {whyNotBookable.sentence}
          {!listing.own && whyNotBookable.reason === 'gpuTaken' && (
            <>
              {' '}
              Or{' '}
              <a href="#windows" className="link">
                reserve a window ahead
              </a>
              .
            </>
          )}
        </Callout>
      )}
      <Interruptible listing={listing} />
    </section>
  );
}

/** What it means to bid for this machine, where its host takes bids. */
function Interruptible({ listing }: { listing: ListingPage }) {
  if (listing.bidFloorMicros === null || listing.own || listing.whyNotVisible !== null) return null;
  return (
    <div className="mt-4 border-line border-t pt-4 text-sm">
      <p>
        Interruptible from <Money micros={listing.bidFloorMicros} per="GPU-hour" />, yielding to whoever books.
      </p>
      <LinkButton href={`/bids/new?listing=${listing.listingId}`} size="sm" className="mt-2">
        Bid for it
      </LinkButton>
    </div>
  );
}
