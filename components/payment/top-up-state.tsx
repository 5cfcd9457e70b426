import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { TOP_UP_WORDS, type TopUpState } from '#lib/payments/top-up.ts';

const LOOKS: Record<TopUpState, StateKind> = {
  asked: 'working',
  open: 'waiting',
  settled: 'done',
  failed: 'failed',
  review: 'warning',
};

/** How a payment stands, as a word with an icon. */
export function TopUpStateBadge({ state }: { state: TopUpState }) {
  return <StateBadge kind={LOOKS[state]}>{TOP_UP_WORDS[state]}</StateBadge>;
}
