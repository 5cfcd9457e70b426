import Link from 'next/link';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { countryName } from '#lib/catalogue/country.ts';
import { workloadLabel } from '#lib/catalogue/fit/workload.ts';
import { fitHref, workloadWord } from '#lib/catalogue/fit/workload-url.ts';
import { VRAM_CHOICES_GIB } from '#lib/catalogue/gpu.ts';
import type { OffersFound } from '#lib/catalogue/offer.ts';
import { GPU_COUNTS } from '#lib/catalogue/search.ts';
import { CheckList, type Choice } from './check-list.tsx';
import type { PageState } from './state.ts';

const RELIABILITIES = [9_000, 9_500, 9_900, 9_990] as const;

const inEnglish = new Intl.Collator('en');

type FiltersProps = { state: PageState; found: OffersFound; clearHref: string };

/** The filters as a plain form: what is chosen becomes the address, with or without scripts. */
export function Filters({ state, found, clearHref }: FiltersProps) {
  const { ask, view, compare } = state;
  const models = withChosen(
    found.models.map(({ model, offers }): Choice => [model, model, offers]),
    ask.models,
  );
  const countries = withChosen(
    found.countries.map(({ country, offers }): Choice => [country, countryName(country), offers]),
    ask.countries,
    countryName,
  ).toSorted(([, a], [, b]) => inEnglish.compare(a, b));
  const vram = ask.vramGib;
  const gpus = ask.gpus;
  const { new: unverified, selfTested, checkedByStaff } = found.tiers;
  return (
    <form method="get" action="/gpus" className="space-y-5" aria-label="Filters">
      {ask.sort !== 'price' && <input type="hidden" name="sort" value={ask.sort} />}
      {view !== 'table' && <input type="hidden" name="view" value={view} />}
      {compare.map((id) => (
        <input key={id} type="hidden" name="compare" value={id} />
      ))}
      {ask.job === null ? (
        <p className="text-sm">
          <Link href="/fit" className="link inline-flex min-h-6 items-center">
            Will my model fit?
          </Link>
        </p>
      ) : (
        <div className="rounded-md border border-line px-2.5 py-2 text-sm">
          <input type="hidden" name="job" value={workloadWord(ask.job)} />
          <p className="font-medium">What fits my job</p>
          <p className="text-muted [overflow-wrap:anywhere]">{workloadLabel(ask.job)}</p>
          <Link href={fitHref(ask.job)} className="link inline-flex min-h-6 items-center">
            Change it
          </Link>
        </div>
      )}
      <Choices legend="GPU model">
        <CheckList name="model" choices={models} chosen={ask.models} />
      </Choices>
      <div className="grid grid-cols-2 gap-3">
        <Field label="GPUs" id="gpus">
          {(aria) => (
            <Select name="gpus" defaultValue={gpus ?? ''} key={gpus} {...aria}>
              <option value="">any</option>
              {withOwn(GPU_COUNTS, gpus).map((count) => (
                <option key={count} value={count}>
                  {withOffers(String(count), found.gpuCounts.find((choice) => choice.count === count)?.offers)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Memory each" id="vram">
          {(aria) => (
            <Select name="vram" defaultValue={vram ?? ''} key={vram} {...aria}>
              <option value="">any</option>
              {withOwn(VRAM_CHOICES_GIB, vram).map((gib) => (
                <option key={gib} value={gib}>
                  ≥ {gib} GiB
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Field label="Most per GPU-hour" id="price">
        {(aria) => (
          <Input
            name="price"
            inputMode="decimal"
            autoComplete="off"
            before="$"
            placeholder="any"
            defaultValue={ask.maxPriceMicrosPerGpuHour === null ? '' : dollarsInput(ask.maxPriceMicrosPerGpuHour)}
            {...aria}
          />
        )}
      </Field>
      <Field label="Checked" id="trust" hint="Unverified machines are left out unless you ask for them.">
        {(aria) => (
          <Select name="trust" defaultValue={ask.trust} key={ask.trust} {...aria}>
            <option value="selfTested">{withOffers('Self-tested or better', selfTested + checkedByStaff)}</option>
            <option value="checkedByStaff">{withOffers('Checked by staff', checkedByStaff)}</option>
            <option value="new">{withOffers('Unverified too', unverified + selfTested + checkedByStaff)}</option>
          </Select>
        )}
      </Field>
      <Field label="Reliability" id="reliability">
        {(aria) => (
          <Select
            name="reliability"
            key={ask.leastReliabilityBasisPoints}
            defaultValue={ask.leastReliabilityBasisPoints === null ? '' : String(ask.leastReliabilityBasisPoints / 100)}
            {...aria}
          >
            <option value="">any, new ones too</option>
            {withOwn(RELIABILITIES, ask.leastReliabilityBasisPoints).map((points) => (
              <option key={points} value={points / 100}>
                ≥ {points / 100} %
              </option>
            ))}
          </Select>
        )}
      </Field>
      {countries.length > 0 && (
        <Choices legend="Country">
          <CheckList name="country" choices={countries} chosen={ask.countries} />
        </Choices>
      )}
      <div className="space-y-2">
        <Checkbox id="taken" name="taken" value="1" label="Show taken ones too" defaultChecked={ask.taken} />
        <Checkbox
          id="simulated"
          name="simulated"
          value="hide"
          label="No simulated machines"
          defaultChecked={ask.hideSimulated}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Show offers
        </Button>
        <LinkButton href={clearHref} variant="ghost">
          Clear
        </LinkButton>
      </div>
    </form>
  );
}

function Choices({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">{legend}</legend>
      <div className="relative max-h-52 space-y-0.5 overflow-y-auto rounded-md border border-line px-2.5 py-1.5">
        {children}
      </div>
    </fieldset>
  );
}

/** What the market has, and what was asked for although the market has none of it. */
function withChosen(
  offered: readonly Choice[],
  chosen: readonly string[],
  labelOf = (value: string) => value,
): readonly Choice[] {
  const known = new Set(offered.map(([value]) => value));
  return [
    ...offered,
    ...chosen.filter((value) => !known.has(value)).map((value): Choice => [value, labelOf(value), 0]),
  ];
}

/** A choice, and how many offers the search finds with it. */
function withOffers(label: string, offers: number | undefined): string {
  return offers === undefined ? label : `${label} (${offers})`;
}

function withOwn(choices: readonly number[], own: number | null): number[] {
  return own === null || choices.includes(own) ? [...choices] : [...choices, own].sort((a, b) => a - b);
}
