'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { RadioCards } from '#components/ui/radio-cards.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Outcome } from '#lib/desk/decision.ts';

type DecisionFormProps = {
  action: FormAction;
  outcomes: readonly Outcome[];
  /** Names the case, what was seen of it, and the case after it. */
  hidden: Readonly<Record<string, string>>;
  /** Asks for an amount when this outcome is a part of something. */
  partOf?: string | undefined;
  disabledReason: string | null;
};

/** Outcome, reason with texts to begin with, and the button. What was typed stays, also when the case changed meanwhile. */
export function DecisionForm(props: DecisionFormProps) {
  return (
    <ActionForm action={props.action} aria-label="Decision">
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Fields {...props} />
    </ActionForm>
  );
}

function Fields({ outcomes, partOf, disabledReason }: DecisionFormProps) {
  const state = useFormState();
  const reason = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const [chosen, setChosen] = useState(state.values?.outcome ?? '');
  const templates = outcomes.filter(({ value }) => chosen === '' || value === chosen);

  function begin(text: string) {
    const field = reason.current?.querySelector('textarea');
    if (!field || text === '') return;
    field.value = field.value.trim() === '' ? text : `${field.value.trimEnd()} ${text}`;
    field.focus();
  }

  return (
    <div className="space-y-4">
      {state.reason === 'conflict' && <Button onClick={() => router.refresh()}>Show it as it is now</Button>}
      <div onChange={(event) => setChosen((event.target as HTMLInputElement).value)}>
        <RadioCards
          name="outcome"
          legend="Decision"
          options={outcomes.map(({ value, title, consequence }) => ({ value, title, description: consequence }))}
          defaultValue={state.values?.outcome}
          error={state.errors?.outcome}
        />
      </div>
      {partOf !== undefined && (
        <InputField
          name="part"
          label="How much, for a part"
          hint={partOf}
          before="$"
          inputMode="decimal"
          autoComplete="off"
          optional
        />
      )}
      <Field label="Begin with a text" hint="A start: change it before you decide.">
        {(aria) => (
          <Select {...aria} value="" onChange={(event) => begin(event.target.value)}>
            <option value="">Choose a text…</option>
            {templates.map((outcome) => (
              <optgroup key={outcome.value} label={outcome.title}>
                {outcome.templates.map((text) => (
                  <option key={text} value={text}>
                    {text}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      <div ref={reason}>
        <TextareaField
          name="reason"
          label="Reason"
          hint="Whoever is concerned reads it; it stays in the audit trail."
          required
          maxLength={500}
        />
      </div>
      <SubmitButton disabledReason={disabledReason} pendingLabel="Deciding…">
        Decide
      </SubmitButton>
    </div>
  );
}
