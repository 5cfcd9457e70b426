import { PlaceFields } from '#components/request/place-fields.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { usualCap } from '#lib/bookings/standing-request.ts';
import { deadlineInput, typeWish } from '#lib/bookings/standing-typed.ts';
import type { StandingView } from '#lib/bookings/standing-view.ts';
import { change } from '../actions.ts';

/** Price, cap, places and deadline of a request that waits. */
export function ChangeRequest({ request }: { request: StandingView }) {
  const typed = typeWish(request);
  const made = request.capMicros === usualCap(request);
  return (
    <ConfirmDialog
      trigger="Change…"
      variant="secondary"
      title="Change this request?"
      consequences={[
        'It counts from the next look at the market on, within seconds.',
        ...(request.mode === 'ask' ? ['Answers above the new price can no longer be accepted.'] : []),
      ]}
      action={change}
      hidden={{ requestId: request.id }}
      confirmLabel="Change"
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-4 sm:grid-cols-2">
        <InputField
          name="price"
          label="At most"
          before="$"
          after="per GPU-hour"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={typed.price}
        />
        <InputField
          name="cap"
          label="Spending cap"
          before="$"
          inputMode="decimal"
          autoComplete="off"
          optional
          placeholder="from the price"
          defaultValue={made ? '' : typed.cap}
        />
        <InputField
          name="deadline"
          label="Done by (UTC)"
          type="datetime-local"
          className="sm:col-span-2"
          defaultValue={deadlineInput(request.finishBy)}
        />
        <PlaceFields typed={typed} className="sm:col-span-2" />
      </div>
    </ConfirmDialog>
  );
}
