import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type SavedSearchRow, savedSearches } from '#lib/catalogue/queries/saved-searches.ts';
import { askOf, MOST_SAVED_SEARCHES } from '#lib/catalogue/saved-search.ts';
import { searchHref } from '#lib/catalogue/search.ts';
import { alertWords } from '#lib/catalogue/search-words.ts';
import { SearchFacts } from './_searches/search-facts.tsx';

export const metadata: Metadata = { title: 'Saved searches' };

export default async function SearchesPage() {
  const searches = await savedSearches(await requireActor(), theWorld.now());
  return (
    <>
      <PageHeader
        title="Saved searches"
        lede="Searches under a name of yours. You are told when an offer appears, or falls below your price."
        actions={
          searches.length > 0 && (
            <LinkButton href="/gpus" variant="primary">
              New search
            </LinkButton>
          )
        }
      />
      <BookingsTabs current="/searches" />
      <div className="space-y-6">
        <Panel
          flush
          title="Yours"
          description={searches.length > 0 && `${searches.length} of at most ${MOST_SAVED_SEARCHES}`}
        >
          {searches.length === 0 ? (
            <EmptyState
              kind="first"
              title="You keep no search"
              action={
                <LinkButton href="/gpus" variant="primary">
                  Search GPUs
                </LinkButton>
              }
            >
              Search for what you need and press “Save this search”. It then stands here, and tells you when there is
              something new.
            </EmptyState>
          ) : (
            <ul>
              {searches.map((search) => (
                <SearchLine key={search.id} search={search} />
              ))}
            </ul>
          )}
        </Panel>
        <AsApiCall calls={[readingCalls.savedSearches()]} />
      </div>
    </>
  );
}

function SearchLine({ search }: { search: SavedSearchRow }) {
  const ask = askOf(search.query);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-t px-4 py-3.5 first:border-t-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-72 space-y-1.5">
        <Link
          href={searchHref(ask)}
          className="inline-flex min-h-6 items-center font-semibold [overflow-wrap:anywhere] hover:underline"
        >
          {search.name}
        </Link>
        <SearchFacts ask={ask} />
        <p className="text-muted text-sm">
          {alertWords(search)}
          {search.toldAt !== null && (
            <>
              {' '}
              Last told <TimeAgo at={search.toldAt} />.
            </>
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <LinkButton href={searchHref(ask)} size="sm">
          {search.offers === 0 ? 'No offer now' : search.offers === 1 ? '1 offer now' : `${search.offers} offers now`}
        </LinkButton>
        <LinkButton href={`/searches/${search.id}`} size="sm" variant="ghost">
          Edit<span className="sr-only"> {search.name}</span>
        </LinkButton>
      </div>
    </li>
  );
}
