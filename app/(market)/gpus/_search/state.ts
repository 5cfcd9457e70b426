import { isId } from '#lib/base/id.ts';
import { workloadWord } from '#lib/catalogue/fit/workload-url.ts';
import { type Params, readSearch, type SearchAsk, searchHref } from '#lib/catalogue/search.ts';

export const VIEWS = ['table', 'cards', 'map'] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_LABELS: Record<View, string> = { table: 'Table', cards: 'Cards', map: 'Map' };

/** Offers that are compared beside each other. */
export const MOST_COMPARED = 4;

/** Everything that the address of the page says: the search, how it is looked at, and what is in the tray. */
export type PageState = { readonly ask: SearchAsk; readonly view: View; readonly compare: readonly string[] };

/** Reads the state; what makes no sense is left out. */
export function readState(params: Params): PageState {
  const { view } = params;
  return {
    ask: readSearch(params),
    view: VIEWS.find((word) => word === view) ?? 'table',
    compare: readCompared(params.compare),
  };
}

export function readCompared(value: string | readonly string[] | undefined): readonly string[] {
  const ids = [value ?? []].flat();
  return [...new Set(ids)].filter((id) => isId('listing', id)).slice(0, MOST_COMPARED);
}

/** The address of a state. */
export function stateHref({ ask, view, compare }: PageState): string {
  const bare = searchHref(ask);
  const more = new URLSearchParams();
  if (view !== 'table') more.set('view', view);
  for (const id of compare) more.append('compare', id);
  const text = more.toString();
  return text === '' ? bare : `${bare}${bare.includes('?') ? '&' : '?'}${text}`;
}

/** The page that compares offers, with the job that their cost is worked out for. */
export function compareHref({ ask, compare }: Pick<PageState, 'ask' | 'compare'>): string {
  const params = new URLSearchParams(compare.map((id) => ['offer', id]));
  if (ask.job !== null) params.set('job', workloadWord(ask.job));
  if (ask.gpus !== null) params.set('gpus', String(ask.gpus));
  return `/gpus/compare?${params}`;
}

/** The state with an offer put into the tray, or taken out; null when the tray is full. */
export function toggled(state: PageState, listingId: string): PageState | null {
  const { compare } = state;
  if (compare.includes(listingId)) return { ...state, compare: compare.filter((id) => id !== listingId) };
  return compare.length < MOST_COMPARED ? { ...state, compare: [...compare, listingId] } : null;
}
