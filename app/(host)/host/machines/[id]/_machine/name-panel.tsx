import { ActionForm } from '#components/ui/action-form.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { countries } from '#lib/catalogue/country.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { edit, retire } from '../../../actions.ts';

/** How a machine is called and where it stands; and its way out of the market. */
export function NamePanel({ machine }: { machine: OwnMachine }) {
  if (machine.retiredAt !== null) return null;
  return (
    <Panel
      title="Name and place"
      description="Renters see both. The place is as coarse as you make it."
      footer={
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span className="min-w-0 flex-1 basis-48">Take this machine out of the market for good.</span>
          <ConfirmDialog
            trigger="Retire…"
            title={`Retire ${machine.name}?`}
            consequences={[
              'It is withdrawn, and its agent is no longer accepted.',
              'Its GPUs can be enrolled elsewhere. Its history and what you are owed stay.',
              'To bring it back you enrol it anew.',
            ]}
            action={retire}
            hidden={{ machineId: machine.id }}
            confirmLabel="Retire machine"
            disabledReason={machine.whyNotRetire?.sentence}
          />
        </div>
      }
    >
      <ActionForm action={edit} className="space-y-4">
        <input type="hidden" name="machineId" value={machine.id} />
        <InputField name="name" label="Name" defaultValue={machine.name} maxLength={160} autoComplete="off" />
        <InputField
          name="region"
          label="Region"
          optional
          defaultValue={machine.region ?? ''}
          maxLength={120}
          autoComplete="off"
        />
        <SelectField name="country" label="Country" optional defaultValue={machine.country ?? ''}>
          <option value="">not stated</option>
          {countries().map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
        <SubmitButton variant="secondary" pendingLabel="Saving…">
          Save
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}
