'use client';

import type { ComponentProps } from 'react';
import { useFormState } from './action-form.tsx';
import { Input, Select, Textarea } from './controls.tsx';
import { Field, type FieldProps } from './field.tsx';

type Named<Control> = Omit<FieldProps, 'id'> & Omit<Control, 'name' | 'id'> & { name: string; id?: string | undefined };

function useNamed(name: string, error: string | undefined, typed: unknown) {
  const state = useFormState();
  return { error: error ?? state.errors?.[name], defaultValue: state.values?.[name] ?? typed };
}

/** Label, text field, hint and error in one; inside an ActionForm it finds its error and keeps its value. */
export function InputField({
  label,
  hint,
  error,
  optional,
  className,
  name,
  id = name,
  ...rest
}: Named<ComponentProps<typeof Input>>) {
  const own = useNamed(name, error, rest.defaultValue);
  return (
    <Field label={label} hint={hint} error={own.error} optional={optional} className={className} id={id}>
      {(aria) => (
        <Input
          {...rest}
          {...(rest.value === undefined && { defaultValue: own.defaultValue as string })}
          name={name}
          {...aria}
        />
      )}
    </Field>
  );
}

/** Like InputField, for several lines. */
export function TextareaField({
  label,
  hint,
  error,
  optional,
  className,
  name,
  id = name,
  ...rest
}: Named<ComponentProps<typeof Textarea>>) {
  const own = useNamed(name, error, rest.defaultValue);
  return (
    <Field label={label} hint={hint} error={own.error} optional={optional} className={className} id={id}>
      {(aria) => (
        <Textarea
          {...rest}
          {...(rest.value === undefined && { defaultValue: own.defaultValue as string })}
          name={name}
          {...aria}
        />
      )}
    </Field>
  );
}

/** Like InputField, for a choice; children are `<option>`s. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  className,
  name,
  id = name,
  ...rest
}: Named<ComponentProps<typeof Select>>) {
  const own = useNamed(name, error, rest.defaultValue);
  return (
    <Field label={label} hint={hint} error={own.error} optional={optional} className={className} id={id}>
      {(aria) => (
        <Select
          key={String(own.defaultValue)}
          {...rest}
          {...(rest.value === undefined && { defaultValue: own.defaultValue as string })}
          name={name}
          {...aria}
        />
      )}
    </Field>
  );
}
