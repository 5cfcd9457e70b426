import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type RadioCard = {
  value: string;
  title: ReactNode;
  description?: ReactNode;
  /** A short fact at the right: a price, a size. */
  aside?: ReactNode;
  /** Why it cannot be chosen. */
  disabledReason?: string | undefined;
};

type RadioCardsProps = {
  name: string;
  legend: ReactNode;
  options: readonly RadioCard[];
  defaultValue?: string | undefined;
  hint?: ReactNode;
  error?: string | undefined;
  columns?: 1 | 2 | 3 | undefined;
};

const COLUMNS = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-2 lg:grid-cols-3' };

/** One choice of a few, each with a word of explanation. Plain radio buttons underneath. */
export function RadioCards({ name, legend, options, defaultValue, hint, error, columns = 1 }: RadioCardsProps) {
  return (
    <fieldset id={name} className="min-w-0" aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="mb-1.5 font-medium text-sm">{legend}</legend>
      {hint && <p className="mb-2 text-muted text-xs">{hint}</p>}
      <div className={cn('grid grid-cols-[minmax(0,1fr)] gap-2', COLUMNS[columns])}>
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex items-start gap-3 rounded-lg border border-line bg-surface px-3.5 py-3 transition-colors duration-100',
              'has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent',
              'has-focus-visible:outline-offset-2',
              option.disabledReason ? 'cursor-not-allowed bg-sunken text-muted' : 'hover:border-line-control',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              defaultChecked={option.value === defaultValue}
              disabled={option.disabledReason !== undefined}
              className="mt-[0.1875rem] size-4 shrink-0 accent-accent focus-visible:outline-none"
            />
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-medium">{option.title}</span>
                {option.aside && <span className="tabular text-muted text-sm">{option.aside}</span>}
              </span>
              {option.description && <span className="mt-0.5 block text-muted text-sm">{option.description}</span>}
              {option.disabledReason && <span className="mt-0.5 block text-sm">{option.disabledReason}</span>}
            </span>
          </label>
        ))}
      </div>
      {error && (
        <p id={`${name}-error`} className="mt-1.5 text-bad-ink text-sm">
          {error}
        </p>
      )}
    </fieldset>
  );
}
