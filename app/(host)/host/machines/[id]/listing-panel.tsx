import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { EDITS_TOUCH_LATER_BOOKINGS } from '#lib/catalogue/listing.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { TermsForm } from '../../_host/terms-form.tsx';
import { publish, withdraw } from '../../actions.ts';

const BADGES = {
  draft: ['neutral', 'draft'],
  published: ['good', 'published'],
  withdrawn: ['neutral', 'withdrawn'],
} as const;

/** What the host asks, and whether it is on the market. */
export function ListingPanel({ machine, now }: { machine: OwnMachine; now: Date }) {
  if (machine.retiredAt !== null) return null;
  const { listing } = machine;
  const [tone, word] = listing === null ? (['neutral', 'not listed'] as const) : BADGES[listing.state];
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
              ? 'Renters see it while it is online. Withdrawing touches nothing that runs.'
              : listing === null
                ? 'Save the terms first, then publish.'
                : 'Saved. Publish it when you are ready.'}
          </span>
          {listing?.state === 'published' ? (
            <ConfirmDialog
              trigger="Withdraw…"
              variant="secondary"
              title="Take this machine off the market?"
              consequences={['Nothing new is booked on it.', 'What is rented now goes on to its end.']}
              action={withdraw}
              hidden={{ machineId: machine.id }}
              confirmLabel="Withdraw"
              disabledReason={machine.whyNotWithdraw?.sentence}
            />
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
      <TermsForm machine={machine} now={now} />
    </Panel>
  );
}
