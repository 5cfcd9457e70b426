import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { PAUSED_REASONS } from '#lib/payments/automatic-top-up.ts';
import type { AutomaticRow } from '#lib/payments/queries/cards.ts';
import { setAutomaticTopUp, stopAutomaticTopUp } from './actions.ts';

const SHOWN = { inputMode: 'decimal', before: '$', maxLength: 20, autoComplete: 'off', required: true } as const;

/** The wallet topped up by itself: when, by how much, and at most how much a month. */
export function AutomaticPanel({ automatic, hasCard }: { automatic: AutomaticRow | null; hasCard: boolean }) {
  return (
    <Panel
      title="Automatic payments"
      actions={
        automatic !== null &&
        (automatic.pausedReason === null ? (
          <StateBadge kind="running">on</StateBadge>
        ) : (
          <StateBadge kind="warning">paused</StateBadge>
        ))
      }
    >
      {automatic?.pausedReason && (
        <Callout tone="warn" className="mb-4" title="Nothing is taken now">
          {PAUSED_REASONS[automatic.pausedReason]}
        </Callout>
      )}
      <ActionForm action={setAutomaticTopUp}>
        <div className="space-y-4">
          <InputField
            {...SHOWN}
            name="threshold"
            label="When less is free than"
            defaultValue={automatic === null ? '10.00' : dollarsInput(automatic.thresholdMicros)}
          />
          <InputField
            {...SHOWN}
            name="each"
            label="Add"
            defaultValue={automatic === null ? '25.00' : dollarsInput(automatic.amountMicros)}
          />
          <InputField
            {...SHOWN}
            name="limit"
            label="At most in a month"
            hint="A calendar month, UTC."
            defaultValue={automatic === null ? '100.00' : dollarsInput(automatic.monthlyLimitMicros)}
          />
          <SubmitButton
            variant="secondary"
            pendingLabel="Saving…"
            disabledReason={hasCard ? null : 'Save a card first.'}
          >
            {automatic === null ? 'Switch on' : automatic.pausedReason === null ? 'Save' : 'Switch on again'}
          </SubmitButton>
        </div>
      </ActionForm>
      {automatic !== null && (
        <ActionForm action={stopAutomaticTopUp} className="mt-3">
          <SubmitButton variant="secondary" pendingLabel="Switching off…">
            Switch off
          </SubmitButton>
        </ActionForm>
      )}
    </Panel>
  );
}
