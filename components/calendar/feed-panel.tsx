import { makeFeed, revokeFeed } from '#app/(renter)/bookings/calendar/actions.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { NewAddress } from './new-address.tsx';

type FeedPanelProps = {
  /** Null: what the viewer rents themselves. */
  machineId: string | null;
  /** The address that there is, which is not shown again. */
  feed: { readonly id: string; readonly createdAt: Date } | null;
};

/** An address for a calendar app: made, replaced and taken back. */
export function FeedPanel({ machineId, feed }: FeedPanelProps) {
  return (
    <Panel
      title="In your own calendar"
      description={
        machineId === null
          ? 'An address that calendar apps subscribe to: what you rent and reserve, in your own time zone.'
          : 'An address that calendar apps subscribe to: what is rented here and when you took it out, without renters’ names.'
      }
    >
      <ActionForm action={makeFeed}>
        <input type="hidden" name="machineId" value={machineId ?? ''} />
        <NewAddress />
        <p className="mb-3 text-muted text-sm">
          Whoever has the address reads this calendar, and nothing else, without signing in.{' '}
          {feed !== null && (
            <>
              There is one, made <TimeAgo at={feed.createdAt} />; a new one takes its place.
            </>
          )}
        </p>
        <SubmitButton variant="secondary" pendingLabel="Making…">
          {feed === null ? 'Make an address' : 'Make a new address'}
        </SubmitButton>
      </ActionForm>
      {feed !== null && (
        <div className="mt-3">
          <ConfirmDialog
            trigger="Take it back…"
            variant="secondary"
            size="sm"
            title="Take this address back?"
            consequences={['Calendar apps that use it find nothing there any more.']}
            action={revokeFeed}
            hidden={{ feedId: feed.id }}
            confirmLabel="Take it back"
          />
        </div>
      )}
    </Panel>
  );
}
