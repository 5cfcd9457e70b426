import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { currentActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { OfferList } from '#components/listing/offer-list.tsx';
import { PriceHistory } from '#components/listing/price-history.tsx';
import { HealthBadge } from '#components/machine/health-badge.tsx';
import { ReliabilityBars } from '#components/machine/reliability-bars.tsx';
import { ReliabilityLine } from '#components/machine/reliability-line.tsx';
import { SelfTestList } from '#components/machine/self-test-list.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { ReviewsPanel } from '#components/review/reviews-panel.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactGroups } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { freeWindows } from '#lib/bookings/queries/free-windows.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { runsContainers } from '#lib/catalogue/offer-facts.ts';
import { type ListingPage, listingPage } from '#lib/catalogue/queries/listing.ts';
import { pricesOfPage } from '#lib/catalogue/queries/listing-prices.ts';
import { nearestOffers } from '#lib/catalogue/queries/search.ts';
import { reviewsPanelOf } from '#lib/trust/queries/reviews.ts';
import { Cancelling } from './_listing/cancelling.tsx';
import { listingFacts } from './_listing/facts.tsx';
import { GpuList } from './_listing/gpu-list.tsx';
import { HostPanel } from './_listing/host-panel.tsx';
import { PriceBox } from './_listing/price-box.tsx';
import { ReservePanel } from './_listing/reserve-panel.tsx';
import { ReportPanel } from './_report/report-panel.tsx';

type Route = { params: Promise<{ listing: string }> };

const load = cache(async (id: string): Promise<ListingPage> => {
  try {
    return await listingPage(await currentActor(), id, theWorld.now());
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'notFound') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  const listing = await load((await params).listing);
  return { title: `${gpuLabel(listing.gpus.length, listing.gpuModel)} on ${shortName(listing.machineName)}` };
}

export default async function Listing({ params }: Route) {
  const listing = await load((await params).listing);
  const bookable = listing.whyNotBookable === null || listing.own;
  const actor = await currentActor();
  const now = theWorld.now();
  const span = { gpuCount: null, from: now, until: addSeconds(now, 28 * 86_400) };
  const [others, prices, free, reviews] = await Promise.all([
    bookable ? [] : nearestOffers(actor, listing.listingId, listing.terms.minGpus, now),
    pricesOfPage(listing, now),
    listing.whyNotVisible === null ? freeWindows(listing.listingId, span, now) : null,
    reviewsShown(listing, now),
  ]);
  return (
    <>
      <PageHeader
        title={gpuLabel(listing.gpus.length, listing.gpuModel)}
        trail={[{ href: '/gpus', label: 'Rent GPUs' }]}
        badges={
          <>
            {listing.simulated && <SimulatedBadge />}
            <TrustBadge tier={listing.trust} />
            <HealthBadge health={listing.health} lastSyncAt={listing.lastSyncAt} />
          </>
        }
        lede={
          <span className="[overflow-wrap:anywhere]">
            {listing.machineName} · {placeLabel(listing.region, listing.country)} · offered by {listing.host.name}
          </span>
        }
        actions={
          listing.own && <LinkButton href={`/host/machines/${listing.machineId}`}>Manage this machine</LinkButton>
        }
      />
      <div className="space-y-4">
        {listing.whyNotVisible && (
          <Callout tone="warn" title="Only you see this page">
            {listing.whyNotVisible.sentence}
          </Callout>
        )}
        {listing.simulated && (
          <Callout title="This machine is simulated">
            Its GPUs come from a recording: nothing is computed on them.{' '}
            {runsContainers(listing.specification)
              ? 'Its shell is real.'
              : 'Its shell says so too and executes nothing.'}
          </Callout>
        )}
      </div>
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="order-2 min-w-0 space-y-6 lg:order-1">
          {others.length > 0 && (
            <Panel title="Near to this, and free now" flush>
              <OfferList offers={others} caption="Near to this, and free now" now={now} />
            </Panel>
          )}
          <Panel title="What you get">
            <FactGroups groups={listingFacts(listing)} />
          </Panel>
          {listing.gpus.length > 1 && (
            <Panel title="Its GPUs" flush>
              <GpuList gpus={listing.gpus} />
            </Panel>
          )}
          <Panel
            title="Reliability"
            description="How much of the time in which it was offered this machine could be reached, of the last 90 days."
            actions={
              <Link href="/reliability" className="link inline-flex min-h-6 items-center text-sm">
                How it is measured
              </Link>
            }
          >
            <ReliabilityLine reliability={listing.reliability} />
            <ReliabilityBars days={listing.reliabilityDays} />
          </Panel>
          <PriceHistory prices={prices} now={now} />
          {free !== null && (
            <>
              <ReservePanel listing={listing} free={free} now={now} />
              <Cancelling
                sentence={free.cancellation.sentence}
                maintenanceNoticeSeconds={listing.hours.calendar.maintenanceNoticeSeconds}
              />
            </>
          )}
          <ReviewsPanel {...reviews} />
          <Panel title="Self-test" description="What the agent checked on this machine.">
            <SelfTestList test={listing.selfTest} />
          </Panel>
          <ReportPanel listingId={listing.listingId} own={listing.own} />
        </div>
        <div className="contents lg:order-2 lg:block lg:space-y-6">
          <PriceBox listing={listing} priceLabel={prices.label} className="order-1" />
          <div className="order-3 space-y-6">
            <HostPanel listing={listing} />
            <AsApiCall
              calls={[
                readingCalls.listing(listing.listingId),
                readingCalls.windows(listing.listingId),
                readingCalls.listingPrices(listing.listingId),
              ]}
            />
          </div>
        </div>
      </div>
    </>
  );
}

async function reviewsShown({ listingId, host }: ListingPage, now: Date) {
  const { standing, rows } = await reviewsPanelOf(listingId, now, { take: 3 });
  return {
    standing,
    host: host.name,
    reviews: rows,
    olderHref: rows.length === 0 ? null : `/gpus/${listingId}/reviews`,
  };
}
