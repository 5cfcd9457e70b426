import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { MOST_CHARACTERS } from '#lib/trust/dispute.ts';
import type { Dispute } from '#lib/trust/queries/disputes.ts';
import { answer, decide } from './actions.ts';

/** Where one of the two says its side, once. */
export function AnswerForm({ dispute }: { dispute: Dispute }) {
  return (
    <Panel title="Your side">
      <ActionForm action={answer}>
        <input type="hidden" name="disputeId" value={dispute.id} />
        <div className="space-y-4">
          <TextareaField
            name="text"
            label={dispute.side === 'host' ? 'What happened, as you see it' : 'What you want to add'}
            hint="You can say it once. The other side and the admins read it."
            required
            rows={6}
            maxLength={MOST_CHARACTERS}
          />
          <SubmitButton pendingLabel="Sending…">Say it</SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}

/** Where an admin decides, once. */
export function DecisionForm({ dispute }: { dispute: Dispute }) {
  const all = formatDollars(dispute.amountMicros);
  return (
    <Panel title="Decide" description="Once, for good. Both sides read the reason.">
      <ActionForm action={decide}>
        <input type="hidden" name="disputeId" value={dispute.id} />
        <div className="space-y-4">
          <SelectField name="outcome" label="The renter gets back" defaultValue="" required>
            <option value="" disabled>
              Choose
            </option>
            <option value="full">All that is contested, {all}</option>
            <option value="part">A part of it</option>
            <option value="none">Nothing</option>
          </SelectField>
          <InputField
            name="part"
            label="How much, for a part"
            before="$"
            inputMode="decimal"
            autoComplete="off"
            optional
            hint={`Below ${all}. The rest goes back to host and platform.`}
            maxLength={20}
          />
          <TextareaField name="reason" label="Reason" required rows={4} maxLength={500} />
          <SubmitButton pendingLabel="Deciding…">Decide</SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
