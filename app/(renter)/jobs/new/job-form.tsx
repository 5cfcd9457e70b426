'use client';

import { EnvironmentField } from '#components/booking/environment-field.tsx';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { CheckboxField, RadioCardsField } from '#components/ui/choice-fields.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import { submit } from './actions.ts';

type Preset = { readonly image: string; readonly label: string; readonly description: string };

type JobFormProps = {
  presets: readonly Preset[];
  /** Models that are offered now. */
  models: readonly string[];
  keepsSecrets: boolean;
  idempotencyKey: string;
};

const PLAIN = { autoComplete: 'off', autoCapitalize: 'off', spellCheck: false } as const;
const TWO = 'grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-5 sm:grid-cols-2';

/** Everything that a job is made of. */
export function JobForm(props: JobFormProps) {
  return (
    <ActionForm action={submit} aria-label="Job" className="grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-6">
      <Inside {...props} />
    </ActionForm>
  );
}

function Inside({ presets, models, keepsSecrets, idempotencyKey }: JobFormProps) {
  const { reason } = useFormState();
  return (
    <>
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} />
      <Work presets={presets} keepsSecrets={keepsSecrets} />
      <Needs models={models} />
      <Limits />
      {reason === 'nothingFits' && (
        <CheckboxField
          name="anyway"
          label="Submit it anyway: it waits until such a machine is offered, or until its deadline"
        />
      )}
      <div className="flex flex-wrap items-center gap-4">
        <SubmitButton pendingLabel="Submitting…">Submit</SubmitButton>
        <p className="text-muted text-sm">Nothing is charged or set aside before a job is placed.</p>
      </div>
    </>
  );
}

function Work({ presets, keepsSecrets }: Pick<JobFormProps, 'presets' | 'keepsSecrets'>) {
  return (
    <Panel title="What runs" description="One command, to its end. Its exit code decides: 0 is success.">
      <div className="group/image space-y-5 [&_fieldset_label:last-child:nth-child(odd)]:sm:col-span-2">
        <RadioCardsField
          name="image"
          legend="Image"
          columns={2}
          defaultValue={presets[0]?.image ?? 'other'}
          options={[
            ...presets.map(({ image, label, description }) => ({ value: image, title: label, description })),
            { value: 'other', title: 'Another image', description: 'From any public registry.' },
          ]}
        />
        <div className="hidden group-has-[input[value=other]:checked]/image:block">
          <InputField name="other" label="Name of the image" placeholder="ghcr.io/owner/name:tag" {...PLAIN} />
        </div>
        <InputField
          name="command"
          label="Command"
          required
          placeholder="python train.py --seed 1"
          {...PLAIN}
          className="[&_input]:font-mono"
          hint={'No shell reads it: for one, write sh -c "…".'}
        />
        <InputField name="name" label="Name" optional autoComplete="off" hint="Taken from the image when empty." />
        {keepsSecrets && (
          <EnvironmentField hint="Until the job is placed this market keeps them encrypted under a key of its own, so whoever operates it could read them; then they are sealed to the machine, whose host can read them. A booking's are sealed at once." />
        )}
        <div className={TWO}>
          <InputField
            name="size"
            label="How many jobs"
            inputMode="numeric"
            defaultValue="1"
            autoComplete="off"
            hint="At most 10,000 alike. Each finds its number, from 0, in SUBLET_ARRAY_INDEX."
          />
          <InputField
            name="retries"
            label="Retries"
            inputMode="numeric"
            defaultValue="0"
            autoComplete="off"
            hint="After an exit code that is not 0. A machine that dies does not count."
          />
        </div>
      </div>
    </Panel>
  );
}

function Needs({ models }: Pick<JobFormProps, 'models'>) {
  return (
    <Panel title="What it needs" description="Of each machine. The market looks for one that fits; you need not pick.">
      <div className={TWO}>
        <InputField name="gpus" label="GPUs of each machine" inputMode="numeric" defaultValue="1" autoComplete="off" />
        <InputField
          name="machines"
          label="Machines"
          inputMode="numeric"
          defaultValue="1"
          autoComplete="off"
          hint="All of them at once, or none. They share no network: they meet where all can dial, such as a storage bucket."
        />
        <InputField
          name="models"
          label="GPU models"
          optional
          placeholder="any"
          {...PLAIN}
          hint={models.length === 0 ? 'Commas between them.' : `Offered now: ${models.slice(0, 12).join(', ')}.`}
        />
        <InputField
          name="vram"
          label="Memory of each GPU"
          after="GiB"
          inputMode="decimal"
          optional
          placeholder="any"
          autoComplete="off"
        />
        <InputField
          name="regions"
          label="Where"
          optional
          placeholder="anywhere"
          {...PLAIN}
          hint="Europe, or codes like DE, US."
        />
        <SelectField name="trust" label="Checked" defaultValue="selfTested">
          <option value="selfTested">{LEAST_TRUST_LABELS.selfTested}</option>
          <option value="checkedByStaff">{LEAST_TRUST_LABELS.checkedByStaff}</option>
          <option value="new">{LEAST_TRUST_LABELS.new}</option>
        </SelectField>
        <InputField
          name="price"
          label="Most per GPU-hour"
          before="$"
          inputMode="decimal"
          optional
          placeholder="any"
          autoComplete="off"
        />
        <InputField name="disk" label="Disk" after="GiB" inputMode="decimal" defaultValue="16" autoComplete="off" />
      </div>
    </Panel>
  );
}

function Limits() {
  return (
    <Panel title="Limits and files">
      <div className={TWO}>
        <InputField
          name="hours"
          label="May run for"
          after="hours"
          inputMode="decimal"
          defaultValue="1"
          autoComplete="off"
          hint="Then it is stopped. So much is set aside while it runs."
        />
        <InputField
          name="cap"
          label="Spending cap"
          before="$"
          inputMode="decimal"
          optional
          placeholder="none"
          autoComplete="off"
          hint="The most that one job may cost, all its attempts together."
        />
        <InputField
          name="deadline"
          type="datetime-local"
          label="Deadline (UTC)"
          optional
          hint="Nothing begins or runs after it."
        />
        <InputField
          name="artifacts"
          label="Artifacts path"
          optional
          placeholder="/results"
          {...PLAIN}
          hint="In SUBLET_ARTIFACTS. The disk is kept for a day after the end, at its price: start the booking as a shell and fetch them by sftp."
        />
        <InputField
          name="checkpoints"
          label="Checkpoint path"
          optional
          placeholder="/checkpoints"
          {...PLAIN}
          hint="In SUBLET_CHECKPOINT. This market has no volumes yet: another machine begins with an empty one."
        />
      </div>
    </Panel>
  );
}
