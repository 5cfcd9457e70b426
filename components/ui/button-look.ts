import { cn } from './cn.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'dangerFill';
export type ButtonSize = 'sm' | 'md' | 'lg';

const VARIANTS: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-on-accent enabled:hover:bg-accent-hover [a&]:hover:bg-accent-hover',
  secondary: 'border-line-control/55 bg-surface text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
  ghost: 'border-transparent bg-transparent text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
  dangerFill: 'border-transparent bg-bad text-on-bad enabled:hover:bg-bad-hover [a&]:hover:bg-bad-hover',
  danger: 'border-bad-line bg-surface text-bad-ink enabled:hover:bg-bad-soft [a&]:hover:bg-bad-soft',
};

const SIZES: Record<ButtonSize, string> = {
  sm: 'h-7 gap-1.5 px-2.5 text-sm [&_svg]:size-3.5',
  md: 'h-9 gap-2 px-3.5 text-base [&_svg]:size-4',
  lg: 'h-11 gap-2 px-5 text-lg [&_svg]:size-4.5',
};

/** The classes of a button, also for links and triggers that look like one. */
export function buttonLook(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md', className?: string): string {
  return cn(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md border font-medium',
    'transition-colors duration-100 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:shrink-0',
    VARIANTS[variant],
    SIZES[size],
    className,
  );
}
