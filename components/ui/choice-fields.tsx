'use client';

import type { ComponentProps } from 'react';
import { useFormState } from './action-form.tsx';
import { Checkbox } from './checkbox.tsx';
import { RadioCards } from './radio-cards.tsx';

/** A Checkbox that, inside an ActionForm, finds its error and keeps its tick. */
export function CheckboxField({ error, defaultChecked, ...rest }: ComponentProps<typeof Checkbox>) {
  const { errors, values } = useFormState();
  const ticked = values === undefined ? defaultChecked : values[rest.name] === String(rest.value ?? 'on');
  return (
    <Checkbox
      key={String(ticked)}
      id={rest.name}
      {...rest}
      error={error ?? errors?.[rest.name]}
      defaultChecked={ticked ?? false}
    />
  );
}

/** RadioCards that, inside an ActionForm, find their error and keep what was chosen. */
export function RadioCardsField({ error, defaultValue, ...rest }: ComponentProps<typeof RadioCards>) {
  const { errors, values } = useFormState();
  const chosen = values?.[rest.name] ?? defaultValue;
  return <RadioCards key={chosen} {...rest} error={error ?? errors?.[rest.name]} defaultValue={chosen} />;
}
