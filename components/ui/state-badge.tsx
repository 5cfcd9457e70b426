import { Check, Circle, CircleDashed, CircleDot, LoaderCircle, type LucideIcon, TriangleAlert, X } from 'lucide-react';
import { Badge, type Tone } from './badge.tsx';
import { Elapsed } from './elapsed.tsx';

/** How a state looks. The words of a domain are mapped to these where the domain is shown. */
export type StateKind = 'waiting' | 'working' | 'running' | 'done' | 'stopped' | 'warning' | 'failed';

const KINDS: Record<StateKind, [Tone, LucideIcon]> = {
  waiting: ['neutral', CircleDashed],
  working: ['info', LoaderCircle],
  running: ['good', CircleDot],
  done: ['neutral', Check],
  stopped: ['neutral', Circle],
  warning: ['warn', TriangleAlert],
  failed: ['bad', X],
};

type StateBadgeProps = {
  kind: StateKind;
  /** The state's word: "running", "pulling image". */
  children: string;
  /** Since when it is so; shown as an age that counts. */
  since?: Date | string | undefined;
  className?: string | undefined;
};

/** A state as word, colour, icon and age, so that no one of them is needed alone. */
export function StateBadge({ kind, children, since, className = '' }: StateBadgeProps) {
  const [tone, Icon] = KINDS[kind];
  return (
    <Badge tone={tone} className={className}>
      <Icon aria-hidden className={kind === 'working' ? 'animate-turn' : undefined} />
      {children}
      {since && <Elapsed since={since} className="tabular font-normal" />}
    </Badge>
  );
}
