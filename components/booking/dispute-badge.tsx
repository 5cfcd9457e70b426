import { StateBadge } from '#components/ui/state-badge.tsx';
import type { DisputeState, Outcome } from '#lib/trust/dispute.ts';

type DisputeBadgeProps = {
  dispute: { readonly state: DisputeState; readonly outcome: Outcome | null; readonly hostSaidAt: Date | null };
};

const DECIDED = { full: 'all came back', part: 'a part came back', none: 'nothing came back' } as const;

/** How far a dispute is. */
export function DisputeBadge({ dispute }: DisputeBadgeProps) {
  if (dispute.state === 'decided') return <StateBadge kind="done">{DECIDED[dispute.outcome ?? 'none']}</StateBadge>;
  return dispute.hostSaidAt === null ? (
    <StateBadge kind="waiting">waits for the host</StateBadge>
  ) : (
    <StateBadge kind="warning">waits for a decision</StateBadge>
  );
}
