'use client';

import { PlaceFields } from '#components/request/place-fields.tsx';
import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { StandingTyped } from '#lib/bookings/standing-typed.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';

/** What is wished for, where, for how much and until when. */
export function WishFields({ typed, models }: { typed: StandingTyped; models: readonly string[] }) {
  return (
    <>
      <Panel title="What you need">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2">
          <InputField
            name="models"
            label="GPU models"
            optional
            placeholder="RTX 4090"
            autoComplete="off"
            spellCheck={false}
            defaultValue={typed.models}
            className="sm:col-span-2"
            hint={`Several with commas; empty is any. On the market now: ${models.slice(0, 12).join(', ') || 'none'}${models.length > 12 ? ' …' : ''}.`}
          />
          <InputField
            name="gpus"
            label="GPUs"
            inputMode="numeric"
            autoComplete="off"
            required
            defaultValue={typed.gpus}
            hint="Of one machine."
          />
          <InputField
            name="vram"
            label="Memory each"
            after="GiB"
            optional
            inputMode="decimal"
            autoComplete="off"
            placeholder="any"
            defaultValue={typed.vram}
          />
          <InputField
            name="disk"
            label="Disk"
            after="GiB"
            inputMode="decimal"
            autoComplete="off"
            required
            defaultValue={typed.disk}
            hint="For the image and your files."
          />
          <SelectField name="trust" label="Checked" defaultValue={typed.trust}>
            <option value="selfTested">{LEAST_TRUST_LABELS.selfTested}</option>
            <option value="checkedByStaff">{LEAST_TRUST_LABELS.checkedByStaff}</option>
            <option value="new">{LEAST_TRUST_LABELS.new}</option>
          </SelectField>
          <InputField
            name="reliability"
            label="Reliability at least"
            after="%"
            optional
            inputMode="decimal"
            autoComplete="off"
            placeholder="any, new ones too"
            defaultValue={typed.reliability}
          />
          <CheckboxField
            name="realOnly"
            label="No simulated machines"
            defaultChecked={typed.realOnly !== ''}
            className="self-end sm:pb-1.5"
          />
        </div>
      </Panel>
      <Panel title="Where">
        <PlaceFields typed={typed} />
      </Panel>
      <Panel title="Price and time">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2">
          <InputField
            name="price"
            label="At most"
            before="$"
            after="per GPU-hour"
            inputMode="decimal"
            autoComplete="off"
            required
            placeholder="0.30"
            defaultValue={typed.price}
            hint="You pay the price of the offer, which may be less."
          />
          <InputField
            name="cap"
            label="Spending cap"
            before="$"
            inputMode="decimal"
            autoComplete="off"
            optional
            placeholder="from the price"
            defaultValue={typed.cap}
            hint="The most that the whole rental may cost. Empty: the price for its time, and a disk of up to $0.25 per GiB-month."
          />
          <InputField
            name="hours"
            label="For how long"
            after="hours"
            inputMode="decimal"
            autoComplete="off"
            required
            placeholder="8"
            defaultValue={typed.hours}
            hint="You can stop earlier."
          />
          <InputField
            name="deadline"
            label="Done by (UTC)"
            type="datetime-local"
            required
            defaultValue={typed.deadline}
            hint="The whole rental ends by then. Later the request expires."
          />
        </div>
      </Panel>
    </>
  );
}
