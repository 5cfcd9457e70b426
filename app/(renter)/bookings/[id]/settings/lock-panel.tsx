import { ActionForm } from '#components/ui/action-form.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Rental } from '#lib/bookings/rental.ts';
import { lock } from '../actions.ts';

/** The lock against ending by hand: what it keeps away, and what it does not. */
export function LockPanel({ rental }: { rental: Rental }) {
  const { endLockedAt } = rental;
  const locked = endLockedAt !== null;
  return (
    <Panel
      title="Lock against ending"
      description="While it is locked, nobody with your account or a token of yours ends it and deletes its disk."
      actions={
        locked ? (
          <StateBadge kind="warning" since={endLockedAt}>
            locked
          </StateBadge>
        ) : (
          <StateBadge kind="stopped">not locked</StateBadge>
        )
      }
    >
      <ActionForm action={lock} className="space-y-3">
        <input type="hidden" name="bookingId" value={rental.id} />
        <input type="hidden" name="locked" value={locked ? 'no' : 'yes'} />
        <p className="text-muted text-sm">
          It can still be stopped, its disk kept. The end of its paid time, an empty wallet and the end of what a
          stopped disk is paid for end it all the same; so can its host, with notice, and the staff of this market.
        </p>
        <SubmitButton size="sm" variant="secondary" pendingLabel="Saving…">
          {locked ? 'Unlock' : 'Lock it'}
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}
