import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import { ANSWER_DAYS, MOST_CHARACTERS } from '#lib/trust/dispute.ts';
import type { Contestable } from '#lib/trust/queries/disputes.ts';
import { contest } from './actions.ts';

type ContestPanelProps = { bookingId: string; side: 'renter' | 'host' | 'staff'; contestable: Contestable };

/** The way to say that a charge is wrong, or to where that was said. */
export function ContestPanel({ bookingId, side, contestable }: ContestPanelProps) {
  const { disputeId, whyNot, until, mostMicros } = contestable;
  if (disputeId !== null)
    return (
      <Panel title="Contested">
        <p className="mb-3 text-muted text-sm">
          {side === 'renter' ? 'You contested this charge.' : 'The renter contested this charge.'} What each side says,
          and what was decided, stands there.
        </p>
        <LinkButton href={`/disputes/${disputeId}`}>See the dispute</LinkButton>
      </Panel>
    );
  if (side !== 'renter') return null;
  return (
    <Panel title="Contest this charge">
      {whyNot !== null || until === null ? (
        <p className="text-muted text-sm">{whyNot}</p>
      ) : (
        <>
          <p className="mb-3 text-muted text-sm">
            Something is wrong with it? Until {exactly(until, 'UTC')} you can contest it, once. What you contest is
            taken from the host and kept apart; the host has {ANSWER_DAYS} days to answer, then an admin decides.
          </p>
          <details>
            <summary className="link inline-flex min-h-6 cursor-pointer items-center">Contest…</summary>
            <ActionForm action={contest} className="mt-4">
              <input type="hidden" name="bookingId" value={bookingId} />
              <div className="space-y-4">
                <InputField
                  name="amount"
                  label="How much"
                  before="$"
                  inputMode="decimal"
                  autoComplete="off"
                  optional
                  placeholder={dollarsInput(mostMicros)}
                  hint={`Empty: all of it, ${formatDollars(mostMicros)}.`}
                  maxLength={20}
                />
                <TextareaField
                  name="reason"
                  label="What was wrong"
                  hint="The host and the admins read it."
                  required
                  rows={5}
                  maxLength={MOST_CHARACTERS}
                />
                <SubmitButton pendingLabel="Contesting…">Contest the charge</SubmitButton>
              </div>
            </ActionForm>
          </details>
        </>
      )}
    </Panel>
  );
}
