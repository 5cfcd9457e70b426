'use client';

import { useState } from 'react';
import { useFormState } from './action-form.tsx';
import { Field } from './field.tsx';

type FileFieldProps = {
  name: string;
  label: string;
  hint: string;
  /** Media types, as the browser's chooser takes them. */
  accept: string;
  mostBytes: number;
  /** Said of a larger one, before it is sent. */
  tooLarge: string;
};

/** A field for one file, optional. One that is too large is let go at once, so that the rest of the form can be sent. */
export function FileField({ name, label, hint, accept, mostBytes, tooLarge }: FileFieldProps) {
  const state = useFormState();
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <Field id={name} label={label} hint={hint} optional error={problem ?? state.errors?.[name]}>
      {(aria) => (
        <input
          {...aria}
          type="file"
          name={name}
          accept={accept}
          onChange={({ currentTarget }) => {
            const large = (currentTarget.files?.[0]?.size ?? 0) > mostBytes;
            if (large) currentTarget.value = '';
            setProblem(large ? tooLarge : null);
          }}
          className="block w-full min-w-0 text-sm file:mr-3 file:h-8 file:rounded-md file:border file:border-line-control file:border-solid file:bg-surface file:px-3 file:text-ink"
        />
      )}
    </Field>
  );
}
