import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { theProvider } from '#lib/payments/queries.ts';
import { topUpLimitsSentence } from '#lib/payments/top-up.ts';
import { topUp } from '../actions.ts';

/** The way in for money. */
export function AddMoneyPanel() {
  const provider = theProvider();
  return (
    <Panel title="Add money">
      {provider === null ? (
        <p className="text-muted">This market takes no payments yet. Contact its operators.</p>
      ) : (
        <AddMoney warning={provider.warning} />
      )}
    </Panel>
  );
}

function AddMoney({ warning }: { warning: string | null }) {
  return (
    <>
      {warning !== null && (
        <Callout tone="warn" className="mb-4">
          {warning}
        </Callout>
      )}
      <ActionForm action={topUp} resetOnSuccess>
        <input type="hidden" name="key" value={randomUUID()} />
        <div className="space-y-4">
          <InputField
            name="amount"
            label="Amount"
            before="$"
            inputMode="decimal"
            placeholder="25.00"
            hint={topUpLimitsSentence()}
            required
            maxLength={20}
            autoComplete="off"
          />
          <SubmitButton pendingLabel="Adding…">Add money</SubmitButton>
        </div>
      </ActionForm>
    </>
  );
}
