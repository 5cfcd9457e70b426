import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { rename } from '../actions.ts';

/** Another name for a booking. */
export function NamePanel({ bookingId, name }: { bookingId: string; name: string }) {
  return (
    <Panel title="Name" description="For you: the host sees it too, the machine does not.">
      <ActionForm action={rename} className="space-y-3">
        <input type="hidden" name="bookingId" value={bookingId} />
        <InputField name="name" label="Name of the booking" defaultValue={name} autoComplete="off" required />
        <SubmitButton size="sm" pendingLabel="Renaming…">
          Rename
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}
