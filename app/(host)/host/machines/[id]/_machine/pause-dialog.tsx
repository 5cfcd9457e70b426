import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { addSeconds } from '#lib/base/time.ts';
import { LONGEST_PAUSE_DAYS } from '#lib/catalogue/pause.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { dayAfter, dayAt, typeWall } from '#lib/catalogue/wall-clock.ts';
import { pause, resume } from '../../../actions.ts';

type PauseProps = { machine: OwnMachine; now: Date };

/** Pauses a published listing until a time, or moves the end of a pause. */
export function PauseDialog({ machine, now }: PauseProps) {
  const { zone, pausedUntil } = machine;
  const tomorrow = `${dayAfter(dayAt(zone, now.getTime()), 1)}T09:00`;
  return (
    <ConfirmDialog
      trigger={pausedUntil === null ? 'Pause…' : 'Change the end…'}
      variant="secondary"
      title={pausedUntil === null ? 'Pause this machine until a time?' : 'Move the end of the pause?'}
      consequences={[
        'Nothing new is rented on it until then, and nobody extends into that time. Then it is offered again by itself, and you are told.',
        'What is rented goes on to its end, and reserved windows are kept: the machine must be there for them.',
        'Its reliability is not measured while it is paused.',
      ]}
      action={pause}
      hidden={{ machineId: machine.id }}
      confirmLabel={pausedUntil === null ? 'Pause' : 'Move the end'}
    >
      <InputField
        name="until"
        label="Until"
        type="datetime-local"
        required
        defaultValue={pausedUntil === null ? tomorrow : typeWall(zone, pausedUntil)}
        min={typeWall(zone, now)}
        max={typeWall(zone, addSeconds(now, LONGEST_PAUSE_DAYS * 86_400))}
        hint={`On the clocks of ${zone}, the zone of its calendar.`}
      />
    </ConfirmDialog>
  );
}

/** That a machine is paused, until when, and how to offer it at once. */
export function PausedNote({ machine }: { machine: OwnMachine }) {
  const { pausedUntil, zone } = machine;
  if (pausedUntil === null) return null;
  return (
    <Callout
      className="mb-5"
      title={`Paused until ${exactly(pausedUntil, zone)}`}
      action={
        <ActionForm action={resume}>
          <input type="hidden" name="machineId" value={machine.id} />
          <SubmitButton size="sm" variant="secondary" pendingLabel="Offering…">
            Offer it now
          </SubmitButton>
        </ActionForm>
      }
    >
      Nothing new is rented on it. Then it is offered again by itself, and you are told.
    </Callout>
  );
}
