import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dollarsInput, type Micros } from '#lib/base/money.ts';
import type { CardRefundState } from '#lib/payments/card-refund.ts';
import type { CardRefundRow } from '#lib/payments/queries/card-refunds.ts';
import { refundToCard } from './actions.ts';

const LOOKS: Record<CardRefundState, [StateKind, string]> = {
  asked: ['working', 'being sent'],
  sent: ['working', 'on its way'],
  settled: ['done', 'given back'],
  failed: ['failed', 'came back'],
};

/** Unspent money goes back to the card it came from. Not shown where there is nothing to give back and never was. */
export function RefundPanel({ mostMicros, refunds }: { mostMicros: Micros; refunds: readonly CardRefundRow[] }) {
  if (mostMicros === 0n && refunds.length === 0) return null;
  return (
    <Panel title="Back to your card">
      {mostMicros === 0n ? (
        <p className="text-muted text-sm">Nothing is free now that was paid in by card.</p>
      ) : (
        <ActionForm action={refundToCard} resetOnSuccess>
          <input type="hidden" name="key" value={randomUUID()} />
          <div className="space-y-4">
            <InputField
              id="refundAmount"
              name="amount"
              label="Amount"
              before="$"
              inputMode="decimal"
              placeholder={dollarsInput(mostMicros)}
              hint={
                <>
                  At most <Money micros={mostMicros} />. It goes to the card you paid with last, then to the one before.
                </>
              }
              required
              maxLength={20}
              autoComplete="off"
            />
            <SubmitButton variant="secondary" pendingLabel="Sending…">
              Give back
            </SubmitButton>
          </div>
        </ActionForm>
      )}
      {refunds.length > 0 && (
        <ul className="-mx-4 sm:-mx-5 mt-4 -mb-4 border-line border-t">
          {refunds.map((refund) => (
            <li key={refund.id} className="border-line border-b px-4 py-2.5 text-sm sm:px-5 last:border-b-0">
              <div className="flex items-baseline justify-between gap-3">
                <Money micros={refund.amountMicros} />
                <StateBadge kind={LOOKS[refund.state][0]}>{LOOKS[refund.state][1]}</StateBadge>
              </div>
              <p className="mt-0.5 flex flex-wrap gap-x-3 text-muted text-xs">
                <TimeAgo at={refund.createdAt} />
                <span>{refund.cardLabel ?? 'card'}</span>
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
