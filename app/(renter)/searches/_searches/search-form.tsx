import { ActionForm } from '#components/ui/action-form.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { ALERT_SPANS, type Alerts } from '#lib/catalogue/saved-search.ts';

type SearchFormProps = {
  action: FormAction;
  /** Sent along: the query of a new search, or the id of a saved one. */
  hidden: Readonly<Record<string, string>>;
  name: string;
  alerts: Alerts;
  submit: string;
};

/** The name of a search, and what of it is told. */
export function SearchForm({ action, hidden, name, alerts, submit }: SearchFormProps) {
  const { tellsNew, belowMicrosPerGpuHour: below, everySeconds, byMail } = alerts;
  return (
    <ActionForm action={action} className="max-w-[32rem] space-y-5">
      {Object.entries(hidden).map(([key, value]) => (
        <input key={key} type="hidden" name={key} value={value} />
      ))}
      <InputField label="Name" name="name" defaultValue={name} maxLength={80} required autoComplete="off" />
      <fieldset className="min-w-0 space-y-3">
        <legend className="mb-2 font-medium">Tell me</legend>
        <Checkbox
          id="tellsNew"
          name="tellsNew"
          value="on"
          label="when an offer appears that was not there"
          defaultChecked={tellsNew}
        />
        <InputField
          label="when one falls below"
          name="below"
          inputMode="decimal"
          autoComplete="off"
          before="$"
          after="per GPU-hour"
          placeholder="no limit"
          defaultValue={below === null ? '' : dollarsInput(below)}
          optional
        />
        <SelectField label="How often" name="everySeconds" defaultValue={String(everySeconds)}>
          {ALERT_SPANS.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </SelectField>
        <Checkbox
          id="byMail"
          name="byMail"
          value="on"
          label="by e-mail too"
          hint="Notices stand on the bell in any case."
          defaultChecked={byMail}
        />
      </fieldset>
      <SubmitButton pendingLabel="Saving…">{submit}</SubmitButton>
    </ActionForm>
  );
}
