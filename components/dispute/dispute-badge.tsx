import { StateBadge } from '#components/ui/state-badge.tsx';
import type { Ending, Outcome, Turn } from '#lib/trust/dispute.ts';

type DisputeBadgeProps = {
  dispute: { readonly turn: Turn | null; readonly outcome: Outcome | null; readonly how: Ending | null };
};

const DECIDED = { full: 'all came back', part: 'a part came back', none: 'nothing came back' } as const;
const WAITS = { host: 'waits for the host', renter: 'waits for the renter', admin: 'waits for a decision' } as const;

/** How far a dispute is. */
export function DisputeBadge({ dispute: { turn, outcome, how } }: DisputeBadgeProps) {
  if (turn === null)
    return <StateBadge kind="done">{how === 'withdrawn' ? 'taken back' : DECIDED[outcome ?? 'none']}</StateBadge>;
  return <StateBadge kind={turn === 'admin' ? 'warning' : 'waiting'}>{WAITS[turn]}</StateBadge>;
}
