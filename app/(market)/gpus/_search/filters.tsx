'use client';

import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import type { FilterWords, OneOf, Tick } from './filter-words.ts';

/**
 * The filters beside the offers; where there is no room, behind their name. Nothing in them reacts; they are drawn in the browser
 * as well because their words are few and their markup is much.
 */
export function Filters({ words }: { words: Packed<FilterWords> }) {
  const say = unpack(words);
  return (
    <aside aria-label="Filters of the search" className="max-lg:rounded-xl max-lg:border max-lg:bg-surface">
      {/* Where there is room they always stand there; else this opens what comes after it. */}
      <details className="peer lg:hidden">
        <summary className="sign sign-filters flex min-h-11 items-center gap-2 px-4 font-medium before:size-4">
          {say.chosen === 0 ? 'Filters' : `Filters (${say.chosen} chosen)`}
        </summary>
      </details>
      <div className="max-lg:hidden max-lg:border-t max-lg:p-4 peer-open:block">
        <FilterForm say={say} />
      </div>
    </aside>
  );
}

/** A plain form: what is chosen becomes the address, with or without scripts. */
function FilterForm({ say }: { say: FilterWords }) {
  return (
    <form method="get" action="/gpus" className="space-y-5" aria-label="Filters">
      {say.along.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      {say.job === null ? (
        <p className="text-sm">
          <Link href="/fit" className="link inline-flex min-h-6 items-center">
            Will my model fit?
          </Link>
        </p>
      ) : (
        <div className="rounded-md border border-line px-2.5 py-2 text-sm">
          <p className="font-medium">What fits my job</p>
          <p className="text-muted [overflow-wrap:anywhere]">{say.job.label}</p>
          <Link href={say.job.href} className="link inline-flex min-h-6 items-center">
            Change it
          </Link>
        </div>
      )}
      <CheckList legend="GPU model" name="model" choices={say.models} chosen={say.chosenModels} />
      <div className="grid grid-cols-2 gap-3">
        <Choice label="GPUs" name="gpus" of={say.gpus} />
        <Choice label="Memory each" name="vram" of={say.vram} />
      </div>
      <Field label="Most per GPU-hour" id="price">
        {(aria) => (
          <Input
            name="price"
            inputMode="decimal"
            autoComplete="off"
            before="$"
            placeholder="any"
            defaultValue={say.price}
            {...aria}
          />
        )}
      </Field>
      <Choice
        label="Checked"
        name="trust"
        of={say.trust}
        hint="Unverified machines are left out unless you ask for them."
      />
      <Choice label="Reliability" name="reliability" of={say.reliability} />
      {say.countries.length > 0 && (
        <CheckList legend="Country" name="country" choices={say.countries} chosen={say.chosenCountries} />
      )}
      <div className="space-y-2">
        <Checkbox id="taken" name="taken" value="1" label="Show taken ones too" defaultChecked={say.taken} />
        <Checkbox
          id="simulated"
          name="simulated"
          value="hide"
          label="No simulated machines"
          defaultChecked={say.hideSimulated}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary">
          Show offers
        </Button>
        <LinkButton href={say.clearHref} variant="ghost">
          Clear
        </LinkButton>
      </div>
    </form>
  );
}

function Choice({ label, name, of, hint }: { label: string; name: string; of: OneOf; hint?: string }) {
  return (
    <Field label={label} id={name} hint={hint}>
      {(aria) => (
        <Select name={name} defaultValue={of.chosen} key={of.chosen} {...aria}>
          {of.options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

type CheckListProps = { legend: string; name: string; choices: readonly Tick[]; chosen: readonly string[] };

function CheckList({ legend, name, choices, chosen }: CheckListProps) {
  // What is chosen stands in view: the list scrolls.
  const first = choices.toSorted(([a], [b]) => Number(chosen.includes(b)) - Number(chosen.includes(a)));
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">{legend}</legend>
      <div className="relative max-h-52 space-y-0.5 overflow-y-auto rounded-md border border-line px-2.5 py-1.5">
        {first.map(([value, label, offers]) => (
          <label key={value} className="check">
            <input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} />
            {label}
            <small>{offers}</small>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
