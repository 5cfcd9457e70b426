import { ActionForm } from '#components/ui/action-form.tsx';
import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { setBids } from '../../../actions.ts';

/** Whether idle GPUs go to whoever bids, and the least that the host takes. */
export function BidsPanel({ machine }: { machine: OwnMachine }) {
  const { listing } = machine;
  if (machine.retiredAt !== null || listing === null) return null;
  const half = formatDollars(listing.priceMicrosPerGpuHour / 2n);
  return (
    <Panel
      title="Bids"
      description="While nobody has booked them, idle GPUs can earn from interruptible rentals. These yield to every booking, with notice."
    >
      <ActionForm action={setBids}>
        <input type="hidden" name="machineId" value={machine.id} />
        <div className="space-y-4">
          <CheckboxField
            name="takesBids"
            label="Give idle GPUs to whoever bids"
            hint="What runs goes on when you turn it off."
            defaultChecked={listing.takesBids}
          />
          <InputField
            name="floor"
            label="The least you take"
            before="$"
            after="per GPU-hour"
            inputMode="decimal"
            autoComplete="off"
            optional
            hint={`Empty: half of your price, ${half} now. You get the clearing price, never less than this.`}
            defaultValue={
              listing.bidFloorMicrosPerGpuHour === null ? '' : dollarsInput(listing.bidFloorMicrosPerGpuHour)
            }
          />
        </div>
        <div className="mt-4">
          <SubmitButton variant="secondary" pendingLabel="Saving…">
            Save
          </SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
