import { EvidenceFields } from '#components/dispute/evidence-fields.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { RadioCardsField } from '#components/ui/choice-fields.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField, SelectField, TextareaField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { MOST_CHARACTERS, REPLY_DAYS } from '#lib/trust/dispute.ts';
import type { Move } from '#lib/trust/dispute-move.ts';
import type { Dispute } from '#lib/trust/queries/dispute.ts';
import { decide, move } from './actions.ts';

/** Where one of the two moves: what is on the table to accept, and everything else that is possible now. */
export function MovePanel({ dispute }: { dispute: Dispute }) {
  const { side, actions, askedMicros, offeredMicros } = dispute;
  const host = side === 'host';
  const onTable = formatDollars(host ? askedMicros : (offeredMicros ?? 0n));
  const choices = choicesOf(dispute);
  const [first] = choices;
  return (
    <Panel title="Your move">
      {actions.includes('accept') && (
        <div className="mb-5 flex flex-wrap items-center justify-between gap-3 border-b pb-5">
          <p className="min-w-0 flex-1 basis-48 text-sm">
            {host ? `The renter would be content with ${onTable}.` : `The host offers ${onTable}.`}
          </p>
          <ConfirmDialog
            trigger={host ? `Give ${onTable} back…` : `Take ${onTable}…`}
            variant="primary"
            title={host ? `Give ${onTable} back?` : `Take ${onTable}?`}
            consequences={[
              `${onTable} go${host ? '' : 'es'} to the renter’s wallet at once, as a credit on the bill.`,
              'The rest of what is contested goes back to host and platform.',
              'The dispute is over, and this money cannot be contested again.',
            ]}
            action={move}
            hidden={{ disputeId: dispute.id, move: 'accept', seen: String(dispute.steps.length) }}
            confirmLabel={host ? 'Give it back' : 'Take it'}
          />
        </div>
      )}
      <ActionForm action={move}>
        <input type="hidden" name="disputeId" value={dispute.id} />
        <input type="hidden" name="seen" value={dispute.steps.length} />
        <div className="space-y-4">
          <RadioCardsField
            name="move"
            legend="What do you do?"
            defaultValue={first?.value ?? 'say'}
            options={choices}
          />
          {actions.includes('offer') && (
            <InputField
              name="amount"
              label="How much, for an offer"
              before="$"
              inputMode="decimal"
              autoComplete="off"
              optional
              maxLength={20}
              hint={amountHint(dispute)}
            />
          )}
          <TextareaField
            name="text"
            label="What you say"
            hint="The other side and the admins read it. It stays as you said it."
            optional={actions.includes('offer')}
            rows={5}
            maxLength={MOST_CHARACTERS}
          />
          <EvidenceFields />
          <SubmitButton pendingLabel="Sending…">Send</SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}

const TITLES: Readonly<Record<Move, readonly [host: string, renter: string]>> = {
  accept: ['Accept', 'Accept'],
  offer: ['Offer a part', 'Ask for another amount'],
  answer: ['Answer, and offer nothing', ''],
  escalate: ['Let an admin decide', 'Let an admin decide'],
  withdraw: ['', 'Take it back'],
  say: ['Only add something', 'Only add something'],
};
const DESCRIPTIONS: Readonly<Partial<Record<Move, string>>> = {
  offer: `The other side has ${REPLY_DAYS} days for it.`,
  answer: `Say why nothing is owed. The renter has ${REPLY_DAYS} days for it.`,
  escalate: 'An admin who is no party reads all of it and decides, with a reason.',
  withdraw: 'It ends, nothing comes back, and this money cannot be contested again.',
  say: 'Nobody’s turn changes.',
};

function choicesOf({ actions, side }: Dispute) {
  return actions
    .filter((each) => each !== 'accept')
    .map((value) => ({
      value,
      title: TITLES[value][side === 'host' ? 0 : 1],
      description: DESCRIPTIONS[value],
    }));
}

function amountHint({ side, askedMicros, offeredMicros }: Dispute): string {
  const asked = formatDollars(askedMicros);
  if (side === 'host')
    return `Below ${asked}${offeredMicros === null ? '' : `, at least ${formatDollars(offeredMicros)}`}.`;
  return `Below ${asked}${offeredMicros === null ? '' : `, above ${formatDollars(offeredMicros)}`}.`;
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
