import Link from 'next/link';
import { SORT_LABELS, SORTS, type Sort } from '#lib/catalogue/search.ts';
import { type PageState, stateHref, VIEW_LABELS, VIEWS } from './state.ts';

const CHOICE =
  'inline-flex min-h-7 items-center rounded-sm px-1.5 text-muted hover:bg-hover hover:text-ink aria-[current]:font-medium aria-[current]:text-ink aria-[current]:underline';

/** Table, cards or map, and the order: plain links, which keep everything else. */
export function SortBar({ state, hrefs }: { state: PageState; hrefs: Readonly<Record<Sort, string>> }) {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
      <nav aria-label="View" className="flex items-center gap-x-1">
        <span className="text-muted">View</span>
        {VIEWS.map((view) => (
          <Link
            key={view}
            href={stateHref({ ...state, view })}
            scroll={false}
            prefetch={false}
            aria-current={state.view === view ? 'true' : undefined}
            className={CHOICE}
          >
            {VIEW_LABELS[view]}
          </Link>
        ))}
      </nav>
      {state.view !== 'map' && (
        <nav aria-label="Sort by" className="flex flex-wrap items-center gap-x-1">
          <span className="text-muted">Sort by</span>
          {SORTS.map((sort) => (
            <Link
              key={sort}
              href={hrefs[sort]}
              scroll={false}
              prefetch={false}
              aria-current={state.ask.sort === sort ? 'true' : undefined}
              className={CHOICE}
            >
              {SORT_LABELS[sort]}
              {sort === 'cost' && state.ask.job === null && <span className="sr-only">: say first what is to run</span>}
            </Link>
          ))}
        </nav>
      )}
    </div>
  );
}
