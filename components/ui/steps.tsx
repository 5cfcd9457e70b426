import { Check, LoaderCircle, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn.ts';

export type Step = {
  title: ReactNode;
  state: 'done' | 'now' | 'next' | 'failed';
  /** Under the title: bytes, a progress bar, why it failed. */
  detail?: ReactNode;
  /** At the right: how long it took, how long it usually takes. */
  aside?: ReactNode;
};

const SAID = { done: 'done', now: 'under way', next: 'to come', failed: 'failed' };

const MARKS = {
  done: 'border-good-line bg-good-soft text-good-ink',
  now: 'border-accent bg-accent-soft text-accent-ink',
  next: 'border-line bg-surface text-transparent',
  failed: 'border-bad-line bg-bad-soft text-bad-ink',
};

/** Phases one after another, each done, under way, to come or failed. `label` names the list: "Starting your booking". */
export function Steps({
  label,
  steps,
  className,
}: {
  label: string;
  steps: readonly Step[];
  className?: string | undefined;
}) {
  return (
    <ol aria-label={label} className={className}>
      {steps.map((step, index) => (
        <li
          key={index}
          aria-current={step.state === 'now' ? 'step' : undefined}
          className="group relative flex gap-3 pb-4 last:pb-0"
        >
          <span aria-hidden className="absolute top-5.5 bottom-0 left-[0.65625rem] w-px bg-line group-last:hidden" />
          <span
            className={cn(
              'relative flex size-5.5 shrink-0 items-center justify-center rounded-full border',
              MARKS[step.state],
            )}
          >
            {step.state === 'done' && <Check aria-hidden className="size-3" />}
            {step.state === 'now' && <LoaderCircle aria-hidden className="size-3 animate-turn" />}
            {step.state === 'failed' && <X aria-hidden className="size-3" />}
          </span>
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className={cn(step.state === 'next' ? 'text-muted' : 'font-medium')}>
                {step.title}
                <span className="sr-only"> ({SAID[step.state]})</span>
              </span>
              {step.aside && <span className="tabular text-muted text-sm">{step.aside}</span>}
            </div>
            {step.detail && <div className="mt-1 text-muted text-sm">{step.detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
