import { ReadMark } from '#components/thread/read-mark.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Thread } from '#lib/trust/queries/threads.ts';
import { read } from './actions.ts';

/** Marks what is unread as read when it was looked at; by a button where no scripts run. */
export function MarkRead({ thread }: { thread: Thread }) {
  const last = thread.messages.at(-1);
  if (thread.unread === 0 || last === undefined) return null;
  return (
    <>
      <ReadMark action={read} bookingId={thread.bookingId} upTo={last.id} />
      <noscript>
        <ActionForm action={read}>
          <input type="hidden" name="bookingId" value={thread.bookingId} />
          <input type="hidden" name="upTo" value={last.id} />
          <SubmitButton size="sm" variant="secondary">
            Mark as read
          </SubmitButton>
        </ActionForm>
      </noscript>
    </>
  );
}
