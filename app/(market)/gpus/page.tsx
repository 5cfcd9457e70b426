import { SlidersHorizontal, X } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import { OfferList } from '#components/listing/offer-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { OFFERS_A_PAGE, searchListings } from '#lib/catalogue/queries/search.ts';
import { type Params, readSearch, SORT_LABELS, SORTS, type Sort, searchHref } from '#lib/catalogue/search.ts';
import { Filters } from './_search/filters.tsx';
import { NothingFound } from './_search/nothing-found.tsx';
import { chipsOf, sayCount } from './_search/words.ts';

export const metadata: Metadata = { title: 'Rent GPUs' };

export default async function SearchPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const ask = readSearch(params);
  // A form sends its empty fields along: the address says only what was chosen.
  if (Object.values(params).flat().includes('')) redirect(searchHref(ask));
  const found = await searchListings(await currentActor(), ask, theWorld.now());
  const chips = chipsOf(ask);
  const hrefs = Object.fromEntries(SORTS.map((sort) => [sort, searchHref({ ...ask, sort, page: 1 })])) as Record<
    Sort,
    string
  >;
  const from = (ask.page - 1) * OFFERS_A_PAGE;
  return (
    <>
      <PageHeader
        title="Rent GPUs"
        lede={
          <>
            Billed by the second, from the moment you can connect. Prices are what you pay; the fee of this market is
            part of them.{' '}
            <Link href="/reliability" className="link">
              What the checks and figures mean
            </Link>
            {' · '}
            <Link href="/interruptible" className="link">
              Bid for interruptible GPUs
            </Link>
          </>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <details className="rounded-xl border border-line bg-surface lg:hidden">
          <summary className="flex min-h-11 items-center gap-2 px-4 font-medium">
            <SlidersHorizontal aria-hidden className="size-4" />
            Filters{chips.length > 0 && ` (${chips.length} chosen)`}
          </summary>
          <div className="border-line border-t p-4">
            <Filters ask={ask} found={found} idPrefix="narrow" />
          </div>
        </details>
        <aside className="hidden lg:block" aria-label="Filters of the search">
          <Filters ask={ask} found={found} idPrefix="wide" />
        </aside>
        <div className="min-w-0 space-y-3">
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
            <p role="status" className="tabular font-semibold">
              {sayCount(found.total, found.offered)}
            </p>
            <nav aria-label="Sort by" className="flex flex-wrap items-center gap-x-1 text-sm">
              <span className="text-muted">Sort by</span>
              {SORTS.map((sort) => (
                <Link
                  key={sort}
                  href={hrefs[sort]}
                  scroll={false}
                  aria-current={ask.sort === sort ? 'true' : undefined}
                  className="inline-flex min-h-7 items-center rounded-sm px-1.5 text-muted hover:bg-hover hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline"
                >
                  {SORT_LABELS[sort]}
                </Link>
              ))}
            </nav>
          </div>
          {chips.length > 0 && (
            <ul aria-label="Chosen filters" className="flex flex-wrap gap-1.5">
              {chips.map((chip) => (
                <li key={chip.label} className="min-w-0">
                  <Link
                    href={chip.href}
                    className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-md border border-line bg-surface px-2 text-sm hover:border-line-control"
                  >
                    <span className="truncate">{chip.label}</span>
                    <X aria-hidden className="size-3.5 shrink-0 text-muted" />
                    <span className="sr-only">remove this filter</span>
                  </Link>
                </li>
              ))}
              <li>
                <LinkButton href="/gpus" variant="ghost" size="sm">
                  Clear all
                </LinkButton>
              </li>
            </ul>
          )}
          <Panel flush>
            {found.rows.length === 0 ? (
              <NothingFound ask={ask} found={found} />
            ) : (
              <OfferList offers={found.rows} caption="Offers" sorting={{ by: ask.sort, hrefs }} />
            )}
          </Panel>
          <Pagination
            label="Pages of offers"
            shown={`${from + 1}–${from + found.rows.length} of ${found.total}`}
            firstHref={ask.page > 1 ? searchHref({ ...ask, page: 1 }) : null}
            nextHref={ask.page < found.pages ? searchHref({ ...ask, page: ask.page + 1 }) : null}
          />
        </div>
      </div>
    </>
  );
}
