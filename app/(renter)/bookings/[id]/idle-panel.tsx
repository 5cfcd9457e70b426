import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { IdleGuard } from '#lib/telemetry/idle.ts';
import { guardIdling } from './actions.ts';

type IdlePanelProps = { bookingId: string; guard: IdleGuard; running: boolean; reserved: boolean };

/** What happens when the GPUs do nothing: a notice always, a stop when the renter wants it. */
export function IdlePanel({ bookingId, guard, running, reserved }: IdlePanelProps) {
  return (
    <Panel title="Idle guard" description="You are told when all GPUs were below 5 % for 20 minutes.">
      {running && guard.noticedAt !== null && (
        <Callout tone="warn" title="The GPUs do nothing" className="mb-4">
          Below 5 % for 20 minutes; noticed <TimeAgo at={guard.noticedAt} />.
        </Callout>
      )}
      <ActionForm action={guardIdling} className="space-y-3">
        <input type="hidden" name="bookingId" value={bookingId} />
        <Checkbox
          key={String(guard.stops)}
          name="stops"
          defaultChecked={guard.stops}
          label="Stop it then"
          hint={
            reserved
              ? 'That gives its window back early, and costs what its cancellation terms say; the disk is kept at its price.'
              : 'The GPUs go back and cost nothing more; the disk is kept at its price.'
          }
        />
        <SubmitButton size="sm" pendingLabel="Saving…">
          Save
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}
