import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { PAYOUT_WORDS } from '#lib/payments/payout-state.ts';
import type { Payouts } from '#lib/payments/queries/payouts.ts';
import { payOut } from './actions.ts';
import { PayoutBadge } from './payout-badge.tsx';

/** The payout that is under way, or a form for the next one, or why there is none. */
export function PayNowPanel({ payouts }: { payouts: Payouts }) {
  const { current, whyNot, money, availableMicros, keepsBackMicros, terms } = payouts;
  return (
    <Panel title="Pay out now">
      {current !== null && (
        <div className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-lg border border-line bg-sunken px-3.5 py-3">
          <div className="min-w-0">
            <p className="font-medium">
              <Money micros={current.amountMicros} /> <PayoutBadge row={current} />
            </p>
            <p className="text-muted text-sm">{PAYOUT_WORDS[current.state].means}</p>
          </div>
        </div>
      )}
      {whyNot !== null ? (
        current === null || current.state === 'returning' ? (
          <Callout tone={money.payableMicros < 0n ? 'warn' : 'info'} title="Nothing can be paid out now">
            {whyNot}
          </Callout>
        ) : (
          <p className="text-muted text-sm">{whyNot}</p>
        )
      ) : (
        <ActionForm action={payOut} resetOnSuccess>
          <input type="hidden" name="key" value={randomUUID()} />
          <div className="space-y-4">
            <InputField
              name="amount"
              label="Amount"
              optional
              before="$"
              inputMode="decimal"
              placeholder={formatDollars(availableMicros).replace(/[$,]/g, '')}
              hint={`Empty: all of it. From ${formatDollars(terms.minimumMicros)} to ${formatDollars(availableMicros)}, in whole cents.`}
              maxLength={20}
              autoComplete="off"
            />
            {keepsBackMicros > 0n && (
              <p className="text-muted text-sm">
                This payout keeps <Money micros={keepsBackMicros} /> of what you earned back for {terms.reserveDays}{' '}
                days.
              </p>
            )}
            <SubmitButton pendingLabel="Asking…">Pay out now</SubmitButton>
          </div>
        </ActionForm>
      )}
    </Panel>
  );
}
