import { formatDollars } from '#lib/base/money.ts';
import { countryName } from './country.ts';
import { workloadLabel } from './fit/workload.ts';
import { LEAST_TRUST_LABELS } from './machine.ts';
import { formatBasisPoints } from './quantity.ts';
import { ALERT_SPANS, type Alerts } from './saved-search.ts';
import { type Filter, isOn, type SearchAsk, SORT_LABELS, without } from './search.ts';

/** What a filter is called in a sentence: "without the price limit". */
export const FILTER_NAMES: Record<Filter, string> = {
  model: 'the GPU model',
  gpus: 'the number of GPUs',
  vram: 'the memory per GPU',
  price: 'the price limit',
  country: 'the country',
  trust: 'the trust tier',
  reliability: 'the reliability',
  taken: '“free now”',
  simulated: '“no simulated machines”',
  job: '“fits my job”',
};

export type Chip = { readonly label: string; readonly href: string };

/** One chip for each thing that was chosen, with the address of the search without it. */
export function chipsOf(ask: SearchAsk, hrefOf: (ask: SearchAsk) => string): Chip[] {
  const one = (filter: Filter, label: string): Chip[] =>
    isOn(ask, filter) ? [{ label, href: hrefOf(without(ask, filter)) }] : [];
  return [
    ...ask.models.map((model) => ({
      label: model,
      href: hrefOf({ ...ask, page: 1, models: ask.models.filter((other) => other !== model) }),
    })),
    ...one('gpus', ask.gpus === 1 ? '1 GPU' : `${ask.gpus} GPUs`),
    ...one('vram', `≥ ${ask.vramGib} GiB each`),
    ...one('price', `≤ ${formatDollars(ask.maxPriceMicrosPerGpuHour ?? 0n)} per GPU-hour`),
    ...ask.countries.map((country) => ({
      label: countryName(country),
      href: hrefOf({ ...ask, page: 1, countries: ask.countries.filter((other) => other !== country) }),
    })),
    ...(ask.trust === 'selfTested'
      ? []
      : [
          {
            label: LEAST_TRUST_LABELS[ask.trust],
            href: hrefOf({ ...ask, page: 1, trust: 'selfTested' }),
          },
        ]),
    ...one('reliability', `≥ ${formatBasisPoints(ask.leastReliabilityBasisPoints ?? 0)} reliable`),
    ...(ask.taken ? [{ label: 'Taken ones too', href: hrefOf({ ...ask, page: 1, taken: false }) }] : []),
    ...one('simulated', 'No simulated machines'),
    ...(ask.job === null ? [] : one('job', `Fits: ${workloadLabel(ask.job)}`)),
  ];
}

/** "12 of 67 offers", "No offer". */
export function sayCount(total: number, offered: number): string {
  if (total === 0) return 'No offer';
  const offers = total === 1 ? '1 offer' : `${total} offers`;
  return total === offered ? offers : `${offers} of ${offered}`;
}

/** Which filters to relax for how many offers, the most promising first. */
export function relaxations(
  ask: SearchAsk,
  gained: Record<Filter, number>,
  hrefOf: (ask: SearchAsk) => string,
): { readonly filter: Filter; readonly offers: number; readonly href: string }[] {
  return (Object.keys(FILTER_NAMES) as Filter[])
    .filter((filter) => isOn(ask, filter) && gained[filter] > 0)
    .map((filter) => ({ filter, offers: gained[filter], href: hrefOf(without(ask, filter)) }))
    .sort((a, b) => b.offers - a.offers);
}

/** What a search looks for, in the words of its chips, and its order where that is not the usual one. */
export function searchWords(ask: SearchAsk): readonly string[] {
  const chips = chipsOf(ask, () => '').map(({ label }) => label);
  return ask.sort === 'price' ? chips : [...chips, `by ${SORT_LABELS[ask.sort].toLowerCase()}`];
}

/** What is told of a saved search, as a sentence. */
export function alertWords({ tellsNew, belowMicrosPerGpuHour: below, everySeconds, byMail }: Alerts): string {
  const when = [
    ...(tellsNew ? ['when an offer appears'] : []),
    ...(below === null ? [] : [`when one falls below ${formatDollars(below)}`]),
  ];
  if (when.length === 0) return 'Tells nothing.';
  const often = ALERT_SPANS.find(([seconds]) => seconds === everySeconds)?.[1] ?? '';
  return `Tells ${when.join(' or ')}, ${often}${byMail ? ', by e-mail too' : ''}.`;
}
