import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { usualCap } from '#lib/bookings/standing-request.ts';
import { deadlineInput, typeWish } from '#lib/bookings/standing-typed.ts';
import type { StandingView } from '#lib/bookings/standing-view.ts';
import { CONTINENT_NAMES, CONTINENTS } from '#lib/catalogue/continent.ts';
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
        <fieldset className="min-w-0 sm:col-span-2">
          <legend className="mb-1.5 font-medium text-sm">
            Parts of the world <span className="ml-1 font-normal text-muted">none is anywhere</span>
          </legend>
          <div className="grid grid-cols-2 gap-x-4 gap-y-1.5">
            {CONTINENTS.map((word) => (
              <CheckboxField
                key={word}
                name={`in-${word}`}
                label={CONTINENT_NAMES[word]}
                defaultChecked={typed[`in-${word}`] !== ''}
              />
            ))}
          </div>
        </fieldset>
        <InputField
          name="countries"
          label="Countries"
          optional
          placeholder="Germany, Japan"
          autoComplete="off"
          className="sm:col-span-2"
          defaultValue={typed.countries}
        />
      </div>
    </ConfirmDialog>
  );
}
