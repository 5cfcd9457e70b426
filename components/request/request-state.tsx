import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import type { StandingState } from '#lib/bookings/standing-request.ts';
import { STANDING_STATE_WORDS } from '#lib/bookings/standing-words.ts';

const KINDS: Record<StandingState, StateKind> = {
  open: 'waiting',
  paused: 'warning',
  booked: 'done',
  expired: 'stopped',
  cancelled: 'stopped',
};

/** The state of a standing request. */
export function RequestState({
  request,
}: {
  request: { readonly state: StandingState; readonly trouble: string | null };
}) {
  const troubled = request.state === 'open' && request.trouble !== null;
  return (
    <StateBadge kind={troubled ? 'warning' : KINDS[request.state]}>
      {troubled ? 'could not be booked yet' : STANDING_STATE_WORDS[request.state]}
    </StateBadge>
  );
}
