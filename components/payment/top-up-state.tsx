import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import type { TopUpState } from '#lib/payments/top-up.ts';

const LOOKS: Record<TopUpState, [StateKind, string]> = {
  asked: ['working', 'being prepared'],
  open: ['waiting', 'not paid yet'],
  settled: ['done', 'paid'],
  failed: ['failed', 'failed'],
  review: ['warning', 'being looked at'],
};

/** How a payment stands, as a word with an icon. */
export function TopUpStateBadge({ state }: { state: TopUpState }) {
  const [kind, word] = LOOKS[state];
  return <StateBadge kind={kind}>{word}</StateBadge>;
}
