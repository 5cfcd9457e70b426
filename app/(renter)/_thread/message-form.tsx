import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Thread } from '#lib/trust/queries/threads.ts';
import { MESSAGE_CHARACTERS } from '#lib/trust/thread.ts';
import { send } from './actions.ts';

/** Where the viewer writes to the other side; why they cannot, when they cannot. */
export function MessageForm({ thread }: { thread: Thread }) {
  if (thread.whyNotWrite !== null) return <p className="text-muted text-sm">{thread.whyNotWrite}</p>;
  const last = thread.messages.at(-1)?.id;
  const other = thread.side === 'renter' ? 'host' : 'renter';
  return (
    <ActionForm action={send} resetOnSuccess className="space-y-3">
      <input type="hidden" name="bookingId" value={thread.bookingId} />
      <input type="hidden" name="idempotencyKey" value={randomUUID()} />
      {last !== undefined && <input type="hidden" name="upTo" value={last} />}
      <TextareaField
        name="text"
        id="message-text"
        label={`Write to the ${other}`}
        hint="Plain text. Never write passwords or keys: staff may read this thread if the charge is disputed."
        required
        rows={3}
        maxLength={MESSAGE_CHARACTERS}
      />
      <SubmitButton size="sm" pendingLabel="Sending…">
        Send
      </SubmitButton>
    </ActionForm>
  );
}
