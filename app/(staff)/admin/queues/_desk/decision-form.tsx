'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { ActionForm, useFormState } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { RadioCards } from '#components/ui/radio-cards.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { type CaseFacts, whatChanged } from '#lib/desk/case.ts';
import type { Outcome } from '#lib/desk/decision.ts';

type DecisionFormProps = {
  action: FormAction;
  outcomes: readonly Outcome[];
  /** Names the case, and the one after it. */
  hidden: Readonly<Record<string, string>>;
  /** What the page says of it now. */
  facts: CaseFacts;
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
      <SeenFacts facts={props.facts} />
      <Fields {...props} />
    </ActionForm>
  );
}

/**
 * What was seen of the case when the form was opened goes along with the decision, also when the page has been told of
 * something newer meanwhile: that counts as seen when its reader says so.
 */
function SeenFacts({ facts }: { facts: CaseFacts }) {
  const { reason } = useFormState();
  const router = useRouter();
  const [seen, setSeen] = useState(facts);
  const [asked, setAsked] = useState(false);
  const changed = whatChanged(seen, facts);
  // What was asked for has come.
  if (asked && changed.length > 0) {
    setSeen(facts);
    setAsked(false);
  }
  function look() {
    setAsked(true);
    router.refresh();
  }
  return (
    <>
      <input type="hidden" name="seen" value={JSON.stringify(seen)} />
      {changed.length > 0 ? (
        <Callout
          tone="warn"
          role="status"
          className="mb-4"
          title="It changed while you looked"
          action={
            <Button size="sm" onClick={() => setSeen(facts)}>
              I have seen it
            </Button>
          }
        >
          {changed.join('; ')}.
        </Callout>
      ) : (
        reason === 'conflict' && (
          <p className="mb-4">
            <Button onClick={look}>Show it as it is now</Button>
          </p>
        )
      )}
    </>
  );
}

function Fields({ outcomes, partOf, disabledReason }: DecisionFormProps) {
  const state = useFormState();
  const reason = useRef<HTMLDivElement>(null);
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
      <div onChange={(event) => setChosen((event.target as HTMLInputElement).value)}>
        <RadioCards
          name="outcome"
          legend="Decision"
          options={outcomes.map(({ value, title, consequence }) => ({ value, title, description: consequence }))}
          defaultValue={state.values?.outcome}
          error={state.errors?.outcome}
        />
      </div>
      {partOf !== undefined && (chosen === '' || chosen === 'part') && (
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
