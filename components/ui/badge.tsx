import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'info';

export const TONE_LOOK: Record<Tone, string> = {
  neutral: 'border-line bg-sunken text-muted',
  accent: 'border-accent-line bg-accent-soft text-accent-ink',
  good: 'border-good-line bg-good-soft text-good-ink',
  warn: 'border-warn-line bg-warn-soft text-warn-ink',
  bad: 'border-bad-line bg-bad-soft text-bad-ink',
  info: 'border-info-line bg-info-soft text-info-ink',
};

/** One or two words about a thing. */
export function Badge({
  tone = 'neutral',
  children,
  title,
  className,
}: {
  tone?: Tone | undefined;
  /** What it means, on hover. */
  title?: string | undefined;
  children: ReactNode;
  className?: string | undefined;
}) {
  return (
    <span className={cn('badge', TONE_LOOK[tone], className)} title={title}>
      {children}
    </span>
  );
}
