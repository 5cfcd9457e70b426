import { Check, Circle, CircleDashed, LoaderCircle, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '#components/ui/cn.ts';
import type { OnboardingState, OnboardingStep, OnboardingStepName } from '#lib/agents/onboarding.ts';

const TITLES: Record<OnboardingStepName, string> = {
  account: 'Your account',
  agent: 'Install the agent',
  contact: 'Your machine connects',
  selfTest: 'Self-test',
  price: 'Price',
  calendar: 'Hours and terms',
  listed: 'On the market',
  payout: 'Where you are paid',
};

const LOOKS = {
  done: [Check, 'border-good-line bg-good-soft text-good-ink', 'done'],
  act: [Circle, 'border-accent bg-accent-soft text-accent-ink', 'your turn'],
  wait: [LoaderCircle, 'border-info-line bg-info-soft text-info-ink', 'waiting'],
  failed: [X, 'border-bad-line bg-bad-soft text-bad-ink', 'to be mended'],
  optional: [CircleDashed, 'border-line bg-surface text-muted', 'if you like'],
  later: [CircleDashed, 'border-line bg-surface text-muted', 'later'],
} as const satisfies Record<OnboardingState, readonly unknown[]>;

type ChecklistProps = {
  steps: readonly OnboardingStep[];
  current: OnboardingStepName | null;
  /** What stands under a step: a form, a command, rows. */
  bodies: Partial<Record<OnboardingStepName, ReactNode>>;
};

/** Every step as it stands now: its state in word, sign and colour, and under it what to do. */
export function Checklist({ steps, current, bodies }: ChecklistProps) {
  return (
    <ol className="rounded-xl border border-line bg-surface" aria-label="From an account to a machine that earns">
      {steps.map((step, index) => {
        const [Icon, look, word] = LOOKS[step.state];
        const body = bodies[step.name];
        const quiet = step.state === 'later';
        return (
          <li
            key={step.name}
            id={`step-${step.name}`}
            aria-current={step.name === current ? 'step' : undefined}
            className={cn('relative flex gap-3 border-line border-t px-4 py-4 first:border-t-0 sm:gap-4 sm:px-5')}
          >
            {step.name === current && (
              <span aria-hidden className="absolute inset-y-0 left-0 w-0.5 rounded-full bg-accent" />
            )}
            <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-full border', look)}>
              <Icon aria-hidden className={cn('size-3.5', step.state === 'wait' && 'animate-turn')} />
            </span>
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-baseline justify-between gap-x-3">
                <h2 className={cn('font-semibold', quiet && 'text-muted')}>
                  <span className="tabular text-muted">{index + 1}.</span> {TITLES[step.name]}
                </h2>
                <span className="text-muted text-xs">{word}</span>
              </div>
              <p className={cn('text-sm [overflow-wrap:anywhere]', step.state === 'failed' ? '' : 'text-muted')}>
                {step.sentence}
              </p>
              {body && <div className="mt-3 min-w-0">{body}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
