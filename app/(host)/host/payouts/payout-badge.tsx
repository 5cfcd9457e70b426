import { Badge } from '#components/ui/badge.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { PAYOUT_WORDS, type PayoutState } from '#lib/payments/payout-state.ts';
import type { PayoutRow } from '#lib/payments/queries/payouts.ts';

const LOOKS: Record<PayoutState, StateKind> = {
  asked: 'working',
  sent: 'working',
  arrived: 'done',
  failed: 'failed',
  returning: 'warning',
  returned: 'warning',
};

/** The state of a payout, and that it was the sandbox's. */
export function PayoutBadge({ row }: { row: Pick<PayoutRow, 'state' | 'provider'> }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <StateBadge kind={LOOKS[row.state]}>{PAYOUT_WORDS[row.state].word}</StateBadge>
      {row.provider === 'sandbox' && <Badge tone="warn">sandbox</Badge>}
    </span>
  );
}
