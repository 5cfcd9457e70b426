import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

const LOOK = cn(
  'w-full min-w-0 rounded-md border border-line-control bg-surface text-base text-ink transition-colors duration-100',
  'hover:border-muted focus-visible:outline-offset-0 aria-invalid:border-bad disabled:cursor-not-allowed disabled:bg-sunken',
  'disabled:text-muted [&:is(input,textarea):read-only]:bg-sunken',
);

type InputProps = ComponentProps<'input'> & {
  /** Unit or sign before the value: "$". */
  before?: ReactNode;
  /** Unit after the value: "per GPU-hour". */
  after?: ReactNode;
};

/** A bare text field, with units inside its frame. Label it with Field, or use InputField. */
export function Input({ before, after, className, ...rest }: InputProps) {
  if (before === undefined && after === undefined)
    return <input className={cn(LOOK, 'h-9 px-3', className)} {...rest} />;
  return (
    <span className={cn('relative flex items-stretch', className)}>
      {before !== undefined && (
        <span className="flex items-center rounded-l-md border border-line-control border-r-0 bg-sunken px-2.5 text-muted text-sm">
          {before}
        </span>
      )}
      <input
        className={cn(
          LOOK,
          'h-9 px-3',
          before !== undefined && 'rounded-l-none',
          after !== undefined && 'rounded-r-none',
        )}
        {...rest}
      />
      {after !== undefined && (
        <span className="flex items-center whitespace-nowrap rounded-r-md border border-line-control border-l-0 bg-sunken px-2.5 text-muted text-sm">
          {after}
        </span>
      )}
    </span>
  );
}

/** A bare multi-line field. `mono` for keys, environment and commands. */
export function Textarea({
  mono,
  className,
  rows = 4,
  ...rest
}: ComponentProps<'textarea'> & { mono?: boolean | undefined }) {
  return <textarea rows={rows} className={cn(LOOK, 'px-3 py-2', mono && 'font-mono text-sm', className)} {...rest} />;
}

/** The browser's own select: works without scripts, and well on phones. Children are `<option>`s. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <span
      className={cn(
        'sign sign-opens relative flex before:pointer-events-none before:absolute before:top-1/2 before:right-3 before:size-4 before:-translate-y-1/2 before:text-muted',
        className,
      )}
    >
      <select className={cn(LOOK, 'h-9 appearance-none truncate py-0 pr-9 pl-3')} {...rest} />
    </span>
  );
}
