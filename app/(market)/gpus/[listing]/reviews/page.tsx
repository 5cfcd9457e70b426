import { notFound } from 'next/navigation';
import { cache } from 'react';
import { currentActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { ReviewsPanel } from '#components/review/reviews-panel.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { isId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { reviewsPanelOf } from '#lib/trust/queries/reviews.ts';

import { ReportReview } from './report-form.tsx';

type Route = { params: Promise<{ listing: string }>; searchParams: Promise<{ before?: string | string[] }> };

const load = cache(async (id: string) => {
  try {
    return await listingPage(await currentActor(), id, theWorld.now());
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'notFound') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Route) {
  return { title: `Reviews of ${shortName((await load((await params).listing)).machineName)}` };
}

/** All that renters say of an offer. */
export default async function ListingReviews({ params, searchParams }: Route) {
  const listing = await load((await params).listing);
  const asked = (await searchParams).before;
  const before = typeof asked === 'string' && isId('review', asked) ? asked : undefined;
  const signedIn = (await currentActor()) !== null;
  const here = `/gpus/${listing.listingId}/reviews`;
  const { standing, rows, next } = await reviewsPanelOf(listing.listingId, theWorld.now(), { before, take: 20 });
  return (
    <>
      <PageHeader
        title={`Reviews of ${listing.machineName}`}
        trail={[
          { href: '/gpus', label: 'Rent GPUs' },
          { href: `/gpus/${listing.listingId}`, label: gpuLabel(listing.gpus.length, listing.gpuModel) },
        ]}
      />
      <ReviewsPanel
        standing={standing}
        host={listing.host.name}
        reviews={rows}
        olderHref={null}
        below={signedIn ? (reviewId) => <ReportReview reviewId={reviewId} /> : undefined}
      />
      <Pagination
        label="Pages of reviews"
        firstHref={before === undefined ? null : here}
        nextHref={next === null ? null : `${here}?before=${next}`}
      />
      <div className="mt-6">
        <AsApiCall calls={[readingCalls.listingReviews(listing.listingId)]} />
      </div>
    </>
  );
}
