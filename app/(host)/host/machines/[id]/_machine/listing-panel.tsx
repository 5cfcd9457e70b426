import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { RentalRow } from '#lib/bookings/rental.ts';
import { EDITS_TOUCH_LATER_BOOKINGS, LISTING_WORDS } from '#lib/catalogue/listing.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { TermsForm } from '../../../_host/terms-form.tsx';
import { publish, withdraw } from '../../../actions.ts';
import { PauseDialog, PausedNote } from './pause-dialog.tsx';

type ListingPanelProps = {
  machine: OwnMachine;
  /** What is rented or reserved on it: none of it is touched by an edit. */
  rentals: readonly RentalRow[];
  now: Date;
};

/** What the host asks, and whether it is on the market. */
export function ListingPanel({ machine, rentals, now }: ListingPanelProps) {
  if (machine.retiredAt !== null) return null;
  const { listing } = machine;
  const [tone, word] =
    listing === null
      ? (['neutral', LISTING_WORDS.none] as const)
      : machine.pausedUntil !== null
        ? (['warn', 'paused'] as const)
        : ([listing.state === 'published' ? 'good' : 'neutral', LISTING_WORDS[listing.state]] as const);
  return (
    <Panel
      title={
        <>
          Listing <Badge tone={tone}>{word}</Badge>
        </>
      }
      description={EDITS_TOUCH_LATER_BOOKINGS}
      footer={
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span className="min-w-0 flex-1 basis-56">
            {listing?.state === 'published'
              ? 'Renters see it while it is online. Pausing and withdrawing touch nothing that runs.'
              : listing === null
                ? 'Save the terms first, then publish.'
                : 'Saved. Publish it when you are ready.'}
          </span>
          {listing?.state === 'published' ? (
            <span className="flex flex-wrap gap-2">
              <PauseDialog machine={machine} now={now} />
              <ConfirmDialog
                trigger="Withdraw…"
                variant="secondary"
                title="Take this machine off the market?"
                consequences={withdrawWords(rentals)}
                action={withdraw}
                hidden={{ machineId: machine.id }}
                confirmLabel="Withdraw"
                disabledReason={machine.whyNotWithdraw?.sentence}
              />
            </span>
          ) : (
            <ActionForm action={publish}>
              <input type="hidden" name="machineId" value={machine.id} />
              <SubmitButton pendingLabel="Publishing…" disabledReason={machine.whyNotPublish?.sentence}>
                Publish
              </SubmitButton>
            </ActionForm>
          )}
        </div>
      }
    >
      <PausedNote machine={machine} />
      <TermsForm machine={machine} now={now} />
    </Panel>
  );
}

/** What withdrawing does, with figures. */
function withdrawWords(rentals: readonly RentalRow[]): string[] {
  const ahead = rentals.filter((rental) => rental.ahead).length;
  const running = rentals.length - ahead;
  const count = (number: number, one: string, many: string) => (number === 1 ? `1 ${one}` : `${number} ${many}`);
  return [
    'Nothing new is booked on it, and no bid gets its GPUs any more.',
    running === 0
      ? 'Nothing is rented on it now.'
      : `${count(running, 'rental goes', 'rentals go')} on to their end, at the terms they were booked with.`,
    ...(ahead === 0
      ? []
      : [`${count(ahead, 'reserved window is', 'reserved windows are')} kept: the machine must be there for them.`]),
    'Its reliability is not measured while it is not offered. You can publish it again at any time.',
  ];
}
