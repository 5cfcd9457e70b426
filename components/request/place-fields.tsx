import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import type { StandingTyped } from '#lib/bookings/standing-typed.ts';
import { CONTINENT_NAMES, CONTINENTS } from '#lib/catalogue/continent.ts';

/** Where in the world a request looks: parts of it, and countries besides. */
export function PlaceFields({ typed, className }: { typed: StandingTyped; className?: string | undefined }) {
  return (
    <div className={className}>
      <fieldset className="min-w-0">
        <legend className="mb-1.5 font-medium text-sm">
          Parts of the world <span className="ml-1 font-normal text-muted">none ticked is anywhere</span>
        </legend>
        <div className="mb-4 grid grid-cols-2 gap-x-4 gap-y-1.5 sm:grid-cols-3">
          {CONTINENTS.map((word) => (
            <CheckboxField
              key={word}
              name={`in-${word}`}
              label={CONTINENT_NAMES[word]}
              defaultChecked={typed[`in-${word}`] !== ''}
            />
          ))}
        </div>
      </fieldset>
      <InputField
        name="countries"
        label="Countries"
        optional
        placeholder="Germany, Japan"
        autoComplete="off"
        defaultValue={typed.countries}
        hint="Besides what is ticked. Names or two-letter codes, with commas."
      />
    </div>
  );
}
