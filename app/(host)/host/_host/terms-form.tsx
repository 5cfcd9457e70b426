import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { saveTerms } from '../actions.ts';

const isoDay = (at: Date) => at.toISOString().slice(0, 10);

/** What the host asks of whoever books from now on. */
export function TermsForm({ machine, now }: { machine: OwnMachine; now: Date }) {
  const { listing } = machine;
  const counts = Array.from({ length: Math.max(1, machine.gpus.length) }, (_, index) => index + 1);
  return (
    <ActionForm action={saveTerms}>
      <input type="hidden" name="machineId" value={machine.id} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
        <InputField
          name="price"
          label="Price"
          before="$"
          after="per GPU-hour"
          inputMode="decimal"
          autoComplete="off"
          hint="This is what renters pay. The fee of the market is part of it."
          defaultValue={listing === null ? '' : dollarsInput(listing.priceMicrosPerGpuHour)}
        />
        <InputField
          name="diskPrice"
          label="Price of disk"
          before="$"
          after="per GiB-month"
          inputMode="decimal"
          autoComplete="off"
          hint="Also while a rental is stopped. A month is 30 days."
          defaultValue={listing === null ? '0.10' : dollarsInput(listing.diskPriceMicrosPerGibMonth)}
        />
        <SelectField name="minGpus" label="Fewest GPUs together" defaultValue={String(listing?.minGpus ?? 1)}>
          {counts.map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </SelectField>
        <InputField
          name="endsAt"
          label="Offered until"
          type="date"
          optional
          min={isoDay(now)}
          hint="Nothing is rented beyond this day (UTC)."
          defaultValue={listing?.endsAt ? isoDay(listing.endsAt) : ''}
        />
      </div>
      <div className="mt-4">
        <SubmitButton variant={listing === null ? 'primary' : 'secondary'} pendingLabel="Saving…">
          Save terms
        </SubmitButton>
      </div>
    </ActionForm>
  );
}
