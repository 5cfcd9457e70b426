import type { Metadata } from 'next';
import Link from 'next/link';
import { currentActor } from '#app/_edge/actor.ts';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { compareRows } from '#lib/catalogue/compare.ts';
import { workloadLabel } from '#lib/catalogue/fit/workload.ts';
import { fitHref } from '#lib/catalogue/fit/workload-url.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { offersToCompare } from '#lib/catalogue/queries/compare.ts';
import { priceBands } from '#lib/catalogue/queries/price-bands.ts';
import type { Params } from '#lib/catalogue/search.ts';
import { compareHref, MOST_COMPARED, type PageState, readCompared, readState, stateHref } from '../_search/state.ts';
import { comparedOf } from './_compare/compared.ts';
import { type Column, CompareTable } from './_compare/table.tsx';

export const metadata: Metadata = { title: 'Compare offers' };

export default async function ComparePage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const state: PageState = { ...readState(params), compare: readCompared(params.offer) };
  const { ask, compare } = state;
  const now = theWorld.now();
  const [listings, bands] = await Promise.all([offersToCompare(await currentActor(), compare, now), priceBands(now)]);
  const offers = listings.map((listing) => comparedOf(listing, bands, ask));
  const backHref = stateHref(state);
  const columns = listings.map((listing, index): Column => {
    const others = compare.filter((id) => id !== listing.listingId);
    const gpus = offers[index]?.finish?.gpus ?? ask.gpus ?? listing.terms.minGpus;
    return {
      listingId: listing.listingId,
      name: gpuLabel(listing.gpus.length, listing.gpuModel),
      machineName: listing.machineName,
      removeHref: compareHref({ ask, compare: others }),
      firstHref: index < 2 ? null : compareHref({ ask, compare: [listing.listingId, ...others] }),
      bookHref: `/gpus/${listing.listingId}/book?gpus=${gpus}`,
      whyNotBookable: listing.own
        ? 'This is your own machine.'
        : listing.freeGpus < gpus
          ? `Only ${listing.freeGpus} of ${gpus} GPUs are free now.`
          : (listing.whyNotBookable?.sentence ?? null),
    };
  });
  const hidden = columns.slice(2);
  return (
    <>
      <PageHeader
        title="Compare offers"
        trail={[{ href: backHref, label: 'Rent GPUs' }]}
        lede="What differs stands first, and the best of each row is marked. The address holds all of it: share it as it is."
        actions={
          listings.length > 0 && listings.length < MOST_COMPARED && <LinkButton href={backHref}>Add another</LinkButton>
        }
      />
      <div className="space-y-4">
        {listings.length < compare.length && (
          <Callout tone="warn" title="Not all of these are offered any more">
            What is gone was left out.
          </Callout>
        )}
        {listings.length > 0 && (
          <p className="text-sm [overflow-wrap:anywhere]">
            {ask.job === null ? (
              <>
                <Link href="/fit" className="link">
                  Say what is to run
                </Link>
                , and each is compared by what finishing it costs.
              </>
            ) : (
              <>
                My job: {workloadLabel(ask.job)}.{' '}
                <Link href={fitHref(ask.job)} className="link">
                  Change it
                </Link>
              </>
            )}
          </p>
        )}
        {hidden.length > 0 && (
          <p className="text-sm sm:hidden">
            Two of {columns.length} are shown here. Show instead:{' '}
            {hidden.map(({ name, firstHref, listingId }, index) => (
              <span key={listingId}>
                {index > 0 && ', '}
                <Link href={firstHref ?? backHref} className="link inline-flex min-h-6 items-center">
                  {name}
                </Link>
              </span>
            ))}
          </p>
        )}
        <Panel flush>
          {listings.length === 0 ? (
            <EmptyState
              kind="first"
              title="Nothing to compare yet"
              action={
                <LinkButton href="/gpus" variant="primary">
                  Search offers
                </LinkButton>
              }
            >
              Press “Compare” beside up to four offers of a search.
            </EmptyState>
          ) : (
            <CompareTable columns={columns} rows={compareRows(offers)} />
          )}
        </Panel>
      </div>
    </>
  );
}
