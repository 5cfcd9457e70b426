import { dollarsInput, type Micros, parseDollars } from '#lib/base/money.ts';
import { isCountry } from './country.ts';
import type { Workload } from './fit/workload.ts';
import { readWorkloadWord, workloadWord } from './fit/workload-url.ts';
import type { TrustTier } from './machine.ts';

export const SORTS = ['price', 'vram', 'reliability', 'newest', 'cost', 'start'] as const;
export type Sort = (typeof SORTS)[number];

export const SORT_LABELS: Record<Sort, string> = {
  price: 'Price',
  vram: 'Memory per GPU',
  reliability: 'Reliability',
  newest: 'Newest',
  cost: 'Cost to finish',
  start: 'Time to first shell',
};

/** Numbers of GPUs that a renter may choose from; any other can be written into the address. */
export const GPU_COUNTS = [1, 2, 4, 8, 16] as const;

/** What a renter looks for. Null, empty and `any` mean "no matter". */
export type SearchAsk = {
  readonly models: readonly string[];
  readonly gpus: number | null;
  readonly vramGib: number | null;
  readonly maxPriceMicrosPerGpuHour: Micros | null;
  readonly countries: readonly string[];
  /** The least tier. Machines of the tier "new" are left out unless asked for. */
  readonly trust: TrustTier;
  readonly leastReliabilityBasisPoints: number | null;
  /** Whether offers whose GPUs are all taken now are shown too. */
  readonly taken: boolean;
  readonly hideSimulated: boolean;
  /** What is to run: only offers whose GPUs hold it, free or not, are found, and it can be sorted by what finishing it costs. */
  readonly job: Workload | null;
  readonly sort: Sort;
  readonly page: number;
};

export const EVERYTHING: SearchAsk = {
  models: [],
  gpus: null,
  vramGib: null,
  maxPriceMicrosPerGpuHour: null,
  countries: [],
  trust: 'selfTested',
  leastReliabilityBasisPoints: null,
  taken: false,
  hideSimulated: false,
  job: null,
  sort: 'price',
  page: 1,
};

/** The filters, in the order in which a page shows them. */
export const FILTERS = [
  'model',
  'gpus',
  'vram',
  'price',
  'country',
  'trust',
  'reliability',
  'taken',
  'simulated',
  'job',
] as const;
export type Filter = (typeof FILTERS)[number];

/** The same search without one filter: what "relax it" links to. */
export function without(ask: SearchAsk, filter: Filter): SearchAsk {
  const relaxed: Record<Filter, Partial<SearchAsk>> = {
    model: { models: [] },
    gpus: { gpus: null },
    vram: { vramGib: null },
    price: { maxPriceMicrosPerGpuHour: null },
    country: { countries: [] },
    trust: { trust: 'new' },
    reliability: { leastReliabilityBasisPoints: null },
    taken: { taken: true },
    simulated: { hideSimulated: false },
    job: { job: null, ...(ask.sort === 'cost' ? { sort: 'price' } : {}) },
  };
  return { ...ask, ...relaxed[filter], page: 1 };
}

/** Whether a filter of this search can leave anything out. */
export function isOn(ask: SearchAsk, filter: Filter): boolean {
  const on: Record<Filter, boolean> = {
    model: ask.models.length > 0,
    gpus: ask.gpus !== null,
    vram: ask.vramGib !== null,
    price: ask.maxPriceMicrosPerGpuHour !== null,
    country: ask.countries.length > 0,
    trust: ask.trust !== 'new',
    reliability: ask.leastReliabilityBasisPoints !== null,
    taken: !ask.taken,
    simulated: ask.hideSimulated,
    job: ask.job !== null,
  };
  return on[filter];
}

export type Params = { readonly [name: string]: string | readonly string[] | undefined };

const MOST_CHOICES = 40;

function all(params: Params, name: string): string[] {
  const value = params[name];
  const list = value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
  return [...new Set(list.map((text) => text.trim()).filter((text) => text !== '' && text.length <= 200))].slice(
    0,
    MOST_CHOICES,
  );
}

function whole(params: Params, name: string, least: number, most: number): number | null {
  const text = all(params, name)[0] ?? '';
  if (!/^\d{1,6}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

/** Reads a search from the URL. What makes no sense is left out, so that an old or broken link still finds something. */
export function readSearch(params: Params): SearchAsk {
  const first = (name: string) => all(params, name)[0];
  const price = parseDollars(first('price') ?? '');
  const percent = /^\d{1,2}(\.\d{1,2})?$|^100$/.exec(first('reliability') ?? '')?.[0];
  const trust = first('trust');
  const job = readWorkloadWord(first('job') ?? '');
  const sort = SORTS.find((word) => word === first('sort')) ?? 'price';
  return {
    models: all(params, 'model').filter((model) => !/\p{Cc}/u.test(model)),
    gpus: whole(params, 'gpus', 1, 1_000),
    vramGib: whole(params, 'vram', 1, 10_000),
    maxPriceMicrosPerGpuHour: price === undefined || price === 0n ? null : price,
    countries: all(params, 'country').filter(isCountry),
    trust: trust === 'new' || trust === 'checkedByStaff' ? trust : 'selfTested',
    leastReliabilityBasisPoints: percent === undefined ? null : Math.round(Number(percent) * 100),
    taken: first('taken') === '1',
    hideSimulated: first('simulated') === 'hide',
    job,
    // Without a job there is no cost of finishing it.
    sort: sort === 'cost' && job === null ? 'price' : sort,
    page: whole(params, 'page', 1, 10_000) ?? 1,
  };
}

/** The URL of a search: only what differs from the bare page, in a fixed order, so that equal searches have equal links. */
export function searchHref(ask: SearchAsk, path = '/gpus'): string {
  const params = new URLSearchParams();
  for (const model of ask.models) params.append('model', model);
  if (ask.gpus !== null) params.set('gpus', String(ask.gpus));
  if (ask.vramGib !== null) params.set('vram', String(ask.vramGib));
  if (ask.maxPriceMicrosPerGpuHour !== null) params.set('price', dollarsInput(ask.maxPriceMicrosPerGpuHour));
  for (const country of ask.countries) params.append('country', country);
  if (ask.trust !== 'selfTested') params.set('trust', ask.trust);
  if (ask.leastReliabilityBasisPoints !== null)
    params.set('reliability', String(ask.leastReliabilityBasisPoints / 100));
  if (ask.taken) params.set('taken', '1');
  if (ask.hideSimulated) params.set('simulated', 'hide');
  if (ask.job !== null) params.set('job', workloadWord(ask.job));
  if (ask.sort !== 'price') params.set('sort', ask.sort);
  if (ask.page !== 1) params.set('page', String(ask.page));
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
