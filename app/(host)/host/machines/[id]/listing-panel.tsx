import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { EDITS_TOUCH_LATER_BOOKINGS } from '#lib/catalogue/listing.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { publish, saveTerms, withdraw } from '../../actions.ts';

const BADGES = {
  draft: ['neutral', 'draft'],
  published: ['good', 'published'],
  withdrawn: ['neutral', 'withdrawn'],
} as const;

const isoDay = (at: Date) => at.toISOString().slice(0, 10);

/** What the host asks, and whether it is on the market. */
export function ListingPanel({ machine, now }: { machine: OwnMachine; now: Date }) {
  if (machine.retiredAt !== null) return null;
  const { listing } = machine;
  const [tone, word] = listing === null ? (['neutral', 'not listed'] as const) : BADGES[listing.state];
  const counts = Array.from({ length: Math.max(1, machine.gpus.length) }, (_, index) => index + 1);
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
      <ActionForm action={saveTerms}>
        <input type="hidden" name="machineId" value={machine.id} />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2">
          <InputField
            name="price"
            label="Price"
            before="$"
            after="per GPU-hour"
            inputMode="decimal"
            autoComplete="off"
            hint="This is what renters pay. The fee of the market is part of it."
            defaultValue={listing === null ? '' : dollarsInput(listing.priceMicrosPerGpuHour)}
          />
          <InputField
            name="diskPrice"
            label="Price of disk"
            before="$"
            after="per GiB-month"
            inputMode="decimal"
            autoComplete="off"
            hint="Also while a rental is stopped. A month is 30 days."
            defaultValue={listing === null ? '0.10' : dollarsInput(listing.diskPriceMicrosPerGibMonth)}
          />
          <SelectField name="minGpus" label="Fewest GPUs together" defaultValue={String(listing?.minGpus ?? 1)}>
            {counts.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </SelectField>
          <InputField
            name="endsAt"
            label="Offered until"
            type="date"
            optional
            min={isoDay(now)}
            hint="Nothing is rented beyond this day (UTC)."
            defaultValue={listing?.endsAt ? isoDay(listing.endsAt) : ''}
          />
        </div>
        <div className="mt-4">
          <SubmitButton variant={listing === null ? 'primary' : 'secondary'} pendingLabel="Saving…">
            Save terms
          </SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
