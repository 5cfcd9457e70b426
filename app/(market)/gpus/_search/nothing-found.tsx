import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import type { OffersFound } from '#lib/catalogue/offer.ts';
import { FILTERS, isOn, type SearchAsk, searchHref, without } from '#lib/catalogue/search.ts';
import { FILTER_NAMES, relaxations } from '#lib/catalogue/search-words.ts';

type NothingFoundProps = {
  ask: SearchAsk;
  found: OffersFound;
  hrefOf: (ask: SearchAsk) => string;
  clearHref: string;
};

/** An empty result names the filter to relax, and for how many offers. */
export function NothingFound({ ask, found, hrefOf, clearHref }: NothingFoundProps) {
  if (found.offered === 0)
    return (
      <EmptyState
        kind="first"
        title="Nothing is offered right now"
        action={
          <>
            <AskInstead ask={ask} variant="primary" />
            <LinkButton href="/host/new">List a machine</LinkButton>
          </>
        }
      >
        No machine of this market is published and online. Be the first to list one.
      </EmptyState>
    );
  if (found.total > 0)
    return (
      <EmptyState
        kind="none"
        title="This page is beyond the last offer"
        action={<LinkButton href={hrefOf({ ...ask, page: 1 })}>First page</LinkButton>}
      />
    );
  const ways = relaxations(ask, found.gained, hrefOf);
  const [best] = ways;
  if (best === undefined)
    return (
      <EmptyState
        kind="none"
        title="No offer passes these filters together"
        action={
          <>
            <AskInstead ask={ask} variant="primary" />
            <LinkButton href={clearHref}>Clear all filters</LinkButton>
          </>
        }
      >
        <p>Relaxing one of them is not enough. Of {found.offered} offers:</p>
        <ul className="mt-1">
          {FILTERS.filter((filter) => isOn(ask, filter) && found.leftOut[filter] > 0).map((filter) => (
            <li key={filter}>
              <Link href={hrefOf(without(ask, filter))} className="link">
                {FILTER_NAMES[filter]}
              </Link>{' '}
              leaves out {found.leftOut[filter]}
            </li>
          ))}
        </ul>
      </EmptyState>
    );
  return (
    <EmptyState
      kind="none"
      title={`Relax ${FILTER_NAMES[best.filter]}`}
      action={
        <>
          <LinkButton href={best.href} variant="primary">
            Show {best.offers === 1 ? 'the 1 offer' : `the ${best.offers} offers`} without it
          </LinkButton>
          <AskInstead ask={ask} />
          <LinkButton href={clearHref} variant="ghost">
            Clear all filters
          </LinkButton>
        </>
      }
    >
      <p>No offer passes all filters. It is {FILTER_NAMES[best.filter]} that leaves out the most.</p>
      {ways.length > 1 && (
        <p className="mt-1">
          Or without{' '}
          {ways.slice(1).map((way, index) => (
            <span key={way.filter}>
              {index > 0 && ', '}
              <Link href={way.href} className="link">
                {FILTER_NAMES[way.filter]}
              </Link>{' '}
              ({way.offers})
            </span>
          ))}
          .
        </p>
      )}
    </EmptyState>
  );
}

/** The way to a standing request with what the search looked for. */
function AskInstead({ ask, variant = 'secondary' }: { ask: SearchAsk; variant?: 'primary' | 'secondary' }) {
  const wish: SearchAsk = { ...ask, sort: 'price', page: 1, taken: false };
  return (
    <LinkButton href={searchHref(wish, '/requests/new')} variant={variant}>
      Ask for it instead
    </LinkButton>
  );
}
