import { Badge, type Tone } from './badge.tsx';
import { cn } from './cn.ts';
import { Elapsed } from './elapsed.tsx';

/** How a state looks. The words of a domain are mapped to these where the domain is shown. */
export type StateKind = 'waiting' | 'working' | 'running' | 'done' | 'stopped' | 'warning' | 'failed';

/** Tone and sign (`app/signs.css`). */
const KINDS: Record<StateKind, [Tone, string]> = {
  waiting: ['neutral', 'sign-waiting'],
  working: ['info', 'sign-working before:animate-turn'],
  running: ['good', 'sign-running'],
  done: ['neutral', 'sign-done'],
  stopped: ['neutral', 'sign-stopped'],
  warning: ['warn', 'sign-warn'],
  failed: ['bad', 'sign-failed'],
};

type StateBadgeProps = {
  kind: StateKind;
  /** The state's word: "running", "pulling image". */
  children: string;
  /** Since when it is so; shown as an age that counts. */
  since?: Date | string | undefined;
  className?: string | undefined;
};

/** A state as word, colour, sign and age, so that no one of them is needed alone. */
export function StateBadge({ kind, children, since, className }: StateBadgeProps) {
  const [tone, sign] = KINDS[kind];
  return (
    <Badge tone={tone} className={cn('sign', sign, className)}>
      {children}
      {since && <Elapsed since={since} className="tabular font-normal" />}
    </Badge>
  );
}
