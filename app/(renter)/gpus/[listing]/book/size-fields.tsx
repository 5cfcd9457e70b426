'use client';

import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { SizesTyped } from '#lib/bookings/sizes.ts';

type SizeFieldsProps = {
  counts: readonly number[];
  typed: SizesTyped;
  errors: Readonly<Record<string, string>>;
};

/** How much of the machine, for how long, and for how much at most. */
export function SizeFields({ counts, typed, errors }: SizeFieldsProps) {
  return (
    <Panel title="Size and time">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2">
        <SelectField name="gpus" label="GPUs" defaultValue={typed.gpus} error={errors.gpus}>
          {counts.map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </SelectField>
        <InputField
          name="disk"
          label="Disk"
          after="GiB"
          inputMode="decimal"
          autoComplete="off"
          required
          defaultValue={typed.disk}
          error={errors.disk}
          hint="For the image and your files. Its size stays as booked."
        />
        <InputField
          name="starts"
          label="Begins"
          type="datetime-local"
          optional
          defaultValue={typed.starts ?? ''}
          error={errors.starts}
          hint={`Empty: now. A later time reserves a window, in the host’s time zone (${typed.zone ?? 'UTC'}).`}
        />
        <InputField
          name="hours"
          label="For how long"
          after="hours"
          inputMode="decimal"
          autoComplete="off"
          optional
          placeholder="until I stop it"
          defaultValue={typed.hours}
          error={errors.hours}
          hint="Empty: until you stop it. You can stop earlier, and extend. A reserved window needs a length."
        />
        <InputField
          name="cap"
          label="Spending cap"
          before="$"
          inputMode="decimal"
          autoComplete="off"
          optional
          placeholder="none"
          defaultValue={typed.cap}
          error={errors.cap}
          hint="The most that the whole booking may cost. Then it stops."
        />
      </div>
    </Panel>
  );
}
