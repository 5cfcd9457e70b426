import { CircleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { cn } from './cn.ts';

/** What a control takes over from its field so that label, hint and error are said with it. */
export type FieldAria = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

export type FieldProps = {
  label: ReactNode;
  /** One line of help that stays. */
  hint?: ReactNode;
  /** What is wrong with the value, in words. */
  error?: string | undefined;
  /** Id of the control; the error summary links to it. Give the control's name. */
  id?: string | undefined;
  /** Shows "optional" beside the label. */
  optional?: boolean | undefined;
  className?: string | undefined;
};

/** A labelled control: `<Field label="Price">{(aria) => <Input name="price" {...aria} />}</Field>`. */
export function Field(props: FieldProps & { children: (aria: FieldAria) => ReactNode }) {
  const { label, hint, error, optional, className, children } = props;
  const generated = useId();
  const id = props.id ?? generated;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {optional && <span className="ml-1.5 font-normal text-muted">optional</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={`${id}-error`} className="flex gap-1.5 text-bad-ink text-sm">
          <CircleAlert aria-hidden className="mt-[0.1875rem] size-3.5 shrink-0" />
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
