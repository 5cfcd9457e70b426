import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type CalloutTone = 'info' | 'good' | 'warn' | 'bad';

const TONES = {
  info: ['border-info-line bg-info-soft', 'text-info-ink', 'Note'],
  good: ['border-good-line bg-good-soft', 'text-good-ink', 'Done'],
  warn: ['border-warn-line bg-warn-soft', 'text-warn-ink', 'Warning'],
  bad: ['border-bad-line bg-bad-soft', 'text-bad-ink', 'Problem'],
} as const;

type CalloutProps = {
  tone?: CalloutTone | undefined;
  title?: ReactNode;
  children?: ReactNode;
  /** A button or link at the end. */
  action?: ReactNode;
  /** `status` or `alert` when it appears as an answer; nothing when it stands on the page from the start. */
  role?: 'status' | 'alert' | undefined;
  className?: string | undefined;
};

/** Something worth stopping for, in a box: what it is and what to do. */
export function Callout({ tone = 'info', title, children, action, role, className }: CalloutProps) {
  const [box, ink, word] = TONES[tone];
  return (
    <div
      role={role}
      className={cn('flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border px-3.5 py-3', box, className)}
    >
      <div className="flex min-w-0 flex-1 basis-56 gap-2.5">
        <span aria-hidden className={cn('sign mt-0.5 flex shrink-0 before:size-4.5', `sign-${tone}`, ink)} />
        <div className="min-w-0 space-y-1">
          <span className="sr-only">{word}: </span>
          {title && <p className="font-medium">{title}</p>}
          {children && <div className="space-y-1 text-sm [overflow-wrap:anywhere]">{children}</div>}
        </div>
      </div>
      {action && <div className="flex shrink-0 gap-2">{action}</div>}
    </div>
  );
}
