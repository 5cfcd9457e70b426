import { dollarsInput } from '#lib/base/money.ts';
import { countryName } from '#lib/catalogue/country.ts';
import { workloadLabel } from '#lib/catalogue/fit/workload.ts';
import { fitHref, workloadWord } from '#lib/catalogue/fit/workload-url.ts';
import { VRAM_CHOICES_GIB } from '#lib/catalogue/gpu.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import type { OffersFound } from '#lib/catalogue/offer.ts';
import { GPU_COUNTS } from '#lib/catalogue/search.ts';
import type { PageState } from './state.ts';

const RELIABILITIES = [9_000, 9_500, 9_900, 9_990] as const;

const inEnglish = new Intl.Collator('en');

/** One of several that may be ticked: its value, what it is called, and how many offers the search finds with it. */
export type Tick = readonly [value: string, label: string, offers: number];

/** A choice of one out of several, and which is chosen. */
export type OneOf = { readonly chosen: string; readonly options: readonly (readonly [value: string, label: string])[] };

/** Everything that the filters say, as words. */
export type FilterWords = {
  /** What the form sends along without showing it. */
  readonly along: readonly (readonly [name: string, value: string])[];
  readonly job: { readonly label: string; readonly href: string } | null;
  readonly models: readonly Tick[];
  readonly chosenModels: readonly string[];
  readonly countries: readonly Tick[];
  readonly chosenCountries: readonly string[];
  readonly gpus: OneOf;
  readonly vram: OneOf;
  readonly price: string;
  readonly trust: OneOf;
  readonly reliability: OneOf;
  readonly taken: boolean;
  readonly hideSimulated: boolean;
  readonly clearHref: string;
  /** How many filters are chosen. */
  readonly chosen: number;
};

type Facets = Pick<OffersFound, 'models' | 'countries' | 'gpuCounts' | 'tiers'>;

export function filterWords(
  { ask, view, compare }: PageState,
  found: Facets,
  clearHref: string,
  chosen: number,
): FilterWords {
  const { new: unverified, selfTested, checkedByStaff } = found.tiers;
  const points = ask.leastReliabilityBasisPoints;
  return {
    along: [
      ...(ask.sort === 'price' ? [] : [['sort', ask.sort] as const]),
      ...(view === 'table' ? [] : [['view', view] as const]),
      ...compare.map((id) => ['compare', id] as const),
      ...(ask.job === null ? [] : [['job', workloadWord(ask.job)] as const]),
    ],
    job: ask.job === null ? null : { label: workloadLabel(ask.job), href: fitHref(ask.job) },
    models: withChosen(
      found.models.map(({ model, offers }): Tick => [model, model, offers]),
      ask.models,
    ),
    chosenModels: ask.models,
    countries: withChosen(
      found.countries.map(({ country, offers }): Tick => [country, countryName(country), offers]),
      ask.countries,
      countryName,
    ).toSorted(([, a], [, b]) => inEnglish.compare(a, b)),
    chosenCountries: ask.countries,
    gpus: {
      chosen: String(ask.gpus ?? ''),
      options: [
        ['', 'any'],
        ...withOwn(GPU_COUNTS, ask.gpus).map((count): readonly [string, string] => [
          String(count),
          withOffers(String(count), found.gpuCounts.find((choice) => choice.count === count)?.offers),
        ]),
      ],
    },
    vram: {
      chosen: String(ask.vramGib ?? ''),
      options: [
        ['', 'any'],
        ...withOwn(VRAM_CHOICES_GIB, ask.vramGib).map((gib): readonly [string, string] => [`${gib}`, `≥ ${gib} GiB`]),
      ],
    },
    price: ask.maxPriceMicrosPerGpuHour === null ? '' : dollarsInput(ask.maxPriceMicrosPerGpuHour),
    trust: {
      chosen: ask.trust,
      options: [
        ['selfTested', withOffers(LEAST_TRUST_LABELS.selfTested, selfTested + checkedByStaff)],
        ['checkedByStaff', withOffers(LEAST_TRUST_LABELS.checkedByStaff, checkedByStaff)],
        ['new', withOffers(LEAST_TRUST_LABELS.new, unverified + selfTested + checkedByStaff)],
      ],
    },
    reliability: {
      chosen: points === null ? '' : String(points / 100),
      options: [
        ['', 'any, new ones too'],
        ...withOwn(RELIABILITIES, points).map((one): readonly [string, string] => [`${one / 100}`, `≥ ${one / 100} %`]),
      ],
    },
    taken: ask.taken,
    hideSimulated: ask.hideSimulated,
    clearHref,
    chosen,
  };
}

/** What the market has, and what was asked for although the market has none of it. */
function withChosen(
  offered: readonly Tick[],
  chosen: readonly string[],
  labelOf = (value: string) => value,
): readonly Tick[] {
  const known = new Set(offered.map(([value]) => value));
  return [...offered, ...chosen.filter((value) => !known.has(value)).map((value): Tick => [value, labelOf(value), 0])];
}

/** A choice, and how many offers the search finds with it. */
function withOffers(label: string, offers: number | undefined): string {
  return offers === undefined ? label : `${label} (${offers})`;
}

function withOwn(choices: readonly number[], own: number | null): number[] {
  return own === null || choices.includes(own) ? [...choices] : [...choices, own].sort((a, b) => a - b);
}
