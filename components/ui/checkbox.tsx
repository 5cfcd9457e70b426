import { CircleAlert } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

type CheckboxProps = Omit<ComponentProps<'input'>, 'type'> & {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** A figure at the right end: how many results it would give. */
  count?: ReactNode;
};

/** The browser's own checkbox with its label as target. */
export function Checkbox({ label, hint, error, count, className, id, ...rest }: CheckboxProps) {
  const own = id ?? `${rest.name}${rest.value === undefined ? '' : `-${rest.value}`}`;
  const described = [hint && `${own}-hint`, error && `${own}-error`].filter(Boolean).join(' ');
  return (
    <div className={cn('min-w-0', className)}>
      <label htmlFor={own} className="check">
        <input
          {...rest}
          type="checkbox"
          id={own}
          aria-describedby={described || undefined}
          aria-invalid={error ? true : undefined}
        />
        <span>{label}</span>
        {count !== undefined && <span>{count}</span>}
      </label>
      {hint && (
        <p id={`${own}-hint`} className="ml-6.5 text-muted text-xs">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${own}-error`} className="ml-6.5 flex gap-1.5 text-bad-ink text-sm">
          <CircleAlert aria-hidden className="mt-[0.1875rem] size-3.5 shrink-0" />
          {error}
        </p>
      )}
    </div>
  );
}
