import { X } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import type { ExtraOf } from '#components/listing/offer-extras.ts';
import { OfferList } from '#components/listing/offer-list.tsx';
import { OfferTile } from '#components/listing/offer-tile.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { pack } from '#components/ui/packed.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SoftLinks } from '#components/ui/soft-links.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type PriceBands, priceLabel } from '#lib/catalogue/price-band.ts';
import { offerNames } from '#lib/catalogue/queries/compare.ts';
import { finishOn } from '#lib/catalogue/queries/fit.ts';
import { priceBands } from '#lib/catalogue/queries/price-bands.ts';
import { OFFERS_A_PAGE, offersByCountry, searchListings } from '#lib/catalogue/queries/search.ts';
import { firstShellSeconds, imageBytesOf } from '#lib/catalogue/rank-key.ts';
import { RANK_PROMISE, rankReasons } from '#lib/catalogue/rank-reasons.ts';
import { EVERYTHING, type Params, type SearchAsk, SORTS, type Sort, searchHref } from '#lib/catalogue/search.ts';
import { chipsOf, sayCount } from '#lib/catalogue/search-words.ts';
import { filterWords } from './_search/filter-words.ts';
import { Filters } from './_search/filters.tsx';
import { NothingFound } from './_search/nothing-found.tsx';
import { SearchHead } from './_search/search-head.tsx';
import { sortWays } from './_search/sort-ways.ts';
import { type PageState, readState, stateHref, toggled } from './_search/state.ts';
import { Tray } from './_search/tray.tsx';
import { WorldMap } from './_search/world-map.tsx';

export const metadata: Metadata = { title: 'Rent GPUs' };

export default async function SearchPage({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const state = readState(params);
  // A form sends its empty fields along: the address says only what was chosen.
  if (Object.values(params).flat().includes('')) redirect(stateHref(state));
  const { ask, view } = state;
  const now = theWorld.now();
  const actor = await currentActor();
  const [found, bands, names] = await Promise.all([
    searchListings(actor, ask, now),
    priceBands(now),
    offerNames(state.compare),
  ]);
  const hrefOf = (other: SearchAsk) => stateHref({ ...state, ask: other });
  const clearHref = hrefOf(EVERYTHING);
  const chips = chipsOf(ask, hrefOf);
  const hrefs = Object.fromEntries(
    // There is no cost to finish of nothing: the way to it is to say what is to run.
    SORTS.map((sort) => [sort, sort === 'cost' && ask.job === null ? '/fit' : hrefOf({ ...ask, sort, page: 1 })]),
  ) as Record<Sort, string>;
  const head = {
    found: sayCount(found.total, found.offered),
    saveHref: searchHref({ ...ask, page: 1 }, '/searches/new'),
    ways: sortWays(state, hrefs),
  };
  const from = (ask.page - 1) * OFFERS_A_PAGE;
  const extraOf = extras(state, bands, from);
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
        <Filters words={pack(filterWords(state, found, clearHref, chips.length))} />
        <div className="min-w-0 space-y-3">
          <SearchHead head={pack(head)} />
          <Chips chips={chips} clearHref={clearHref} />
          {found.rows.length === 0 ? (
            <Panel flush>
              <NothingFound ask={ask} found={found} hrefOf={hrefOf} clearHref={clearHref} />
            </Panel>
          ) : view === 'map' ? (
            <MapPanel state={state} total={found.total} actor={actor} now={now} />
          ) : view === 'cards' ? (
            <SoftLinks>
              <ul aria-label="Offers" className="grid grid-cols-[repeat(auto-fill,minmax(min(17rem,100%),1fr))] gap-3">
                {found.rows.map((offer, index) => (
                  <OfferTile key={offer.listingId} offer={offer} extra={extraOf(offer, index)} now={now} />
                ))}
              </ul>
            </SoftLinks>
          ) : (
            <Panel flush>
              <OfferList
                offers={found.rows}
                caption="Offers"
                now={now}
                sorting={{ by: ask.sort, hrefs }}
                extraOf={extraOf}
              />
            </Panel>
          )}
          {view !== 'map' && (
            <Pagination
              label="Pages of offers"
              shown={`${from + 1}–${from + found.rows.length} of ${found.total}`}
              firstHref={ask.page > 1 ? hrefOf({ ...ask, page: 1 }) : null}
              nextHref={ask.page < found.pages ? hrefOf({ ...ask, page: ask.page + 1 }) : null}
            />
          )}
          {view !== 'map' && found.rows.length > 0 && <p className="text-muted text-xs">{RANK_PROMISE}</p>}
          <Tray state={state} names={names} />
        </div>
      </div>
    </>
  );
}

/** What is said of each offer of the page beside its facts. */
function extras(state: PageState, bands: PriceBands, from: number): ExtraOf {
  const { ask, compare } = state;
  return (offer, index) => {
    const finish = ask.job === null ? undefined : finishOn(offer, ask.job, ask.gpus);
    const next = toggled(state, offer.listingId);
    return {
      label: priceLabel(offer, bands),
      finish,
      shellSeconds: ask.sort === 'start' ? firstShellSeconds(offer, imageBytesOf(ask)) : undefined,
      place: from + index + 1,
      reasons: rankReasons(offer, ask, finish ?? null),
      compare: { chosen: compare.includes(offer.listingId), href: next === null ? null : stateHref(next) },
    };
  };
}

function Chips({ chips, clearHref }: { chips: ReturnType<typeof chipsOf>; clearHref: string }) {
  if (chips.length === 0) return null;
  return (
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
        <LinkButton href={clearHref} variant="ghost" size="sm">
          Clear all
        </LinkButton>
      </li>
    </ul>
  );
}

type MapPanelProps = { state: PageState; total: number; actor: { readonly userId: string } | null; now: Date };

async function MapPanel({ state, total, actor, now }: MapPanelProps) {
  const countries = await offersByCountry(actor, state.ask, now);
  const placed = countries.reduce((sum, { offers }) => sum + offers, 0);
  return (
    <Panel title="Where they are" description="As coarse as hosts say it. A mark or a country shows its offers.">
      <WorldMap
        countries={countries}
        nowhere={total - placed}
        hrefOf={(change) => stateHref({ ...state, view: 'table', ask: { ...state.ask, ...change, page: 1 } })}
      />
    </Panel>
  );
}
