'use client';

import { ActionForm } from '#components/ui/action-form.tsx';
import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import type { FormState } from '#components/ui/form-state.ts';
import { SubmitButton } from '#components/ui/submit-button.tsx';

async function answer(_before: FormState, form: FormData): Promise<FormState> {
  const name = String(form.get('d-name') ?? '').trim();
  if (name === '') return { errors: { 'd-name': 'Give the key a name, so that you know it again.' } };
  return { ok: true, message: `“${name}” is kept.` };
}

export function SampleForm() {
  return (
    <ActionForm action={answer}>
      <div className="space-y-4">
        <InputField name="d-name" label="Name of the key" hint="For yourself only." autoComplete="off" />
        <SelectField name="d-kind" label="Kind" defaultValue="ed25519">
          <option value="ed25519">Ed25519</option>
          <option value="ecdsa">ECDSA</option>
        </SelectField>
        <CheckboxField name="d-default" label="Put it into every new booking" />
        <SubmitButton pendingLabel="Keeping…">Keep the key</SubmitButton>
      </div>
    </ActionForm>
  );
}
