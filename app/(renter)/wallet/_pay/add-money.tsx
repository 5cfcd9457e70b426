import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { PaymentProvider } from '#lib/payments/provider.ts';
import { topUpLimitsSentence } from '#lib/payments/top-up.ts';
import { topUp } from '../actions.ts';

type AddMoneyProps = {
  provider: PaymentProvider | null;
  /** Dollars to begin with, from a page that knows what is missing. */
  amount: string | undefined;
};

/** How money gets into the wallet: at once in the sandbox, on the provider's page where it is real. */
export function AddMoney({ provider, amount }: AddMoneyProps) {
  return (
    <Panel title="Add money">
      {provider === null ? (
        <p className="text-muted">This market takes no payments yet. Contact its operators.</p>
      ) : (
        <>
          {provider.warning !== null && (
            <Callout tone="warn" className="mb-4">
              {provider.warning}
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
                defaultValue={amount}
                hint={topUpLimitsSentence()}
                required
                maxLength={20}
                autoComplete="off"
              />
              {provider.name === 'stripe' ? (
                <>
                  <SubmitButton pendingLabel="Opening…">Pay by card</SubmitButton>
                  <p className="text-muted text-xs">
                    You pay on a page of Stripe. This market never sees the number of your card.
                  </p>
                </>
              ) : (
                <SubmitButton pendingLabel="Adding…">Add money</SubmitButton>
              )}
            </div>
          </ActionForm>
        </>
      )}
    </Panel>
  );
}
