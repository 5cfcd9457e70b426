import { SORT_LABELS, SORTS, type Sort } from '#lib/catalogue/search.ts';
import { type PageState, stateHref, VIEW_LABELS, VIEWS } from './state.ts';

/** A way to look at the offers: what it is called, its address, whether it is the one now, and what only screen readers need to be told. */
type Way = { readonly label: string; readonly href: string; readonly now: boolean; readonly aside?: string };

/** Ways out of which one is chosen. */
export type Ways = { readonly label: string; readonly links: readonly Way[] };

/** Table, cards or map, and the order; a map has none. `hrefs`: the address for each order. */
export function sortWays(state: PageState, hrefs: Readonly<Record<Sort, string>>): readonly Ways[] {
  const { ask, view } = state;
  const views = VIEWS.map((one) => ({
    label: VIEW_LABELS[one],
    href: stateHref({ ...state, view: one }),
    now: view === one,
  }));
  const sorts = SORTS.map((sort) => ({
    label: SORT_LABELS[sort],
    href: hrefs[sort],
    now: ask.sort === sort,
    ...(sort === 'cost' && ask.job === null && { aside: ': say first what is to run' }),
  }));
  return [{ label: 'View', links: views }, ...(view === 'map' ? [] : [{ label: 'Sort by', links: sorts }])];
}
