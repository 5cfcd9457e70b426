import Link from 'next/link';
import { EvidenceFields } from '#components/dispute/evidence-fields.tsx';
import { InterruptionList } from '#components/dispute/interruption-list.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import { ANSWER_DAYS, MOST_CHARACTERS } from '#lib/trust/dispute.ts';
import type { Interruption } from '#lib/trust/interruption.ts';
import type { Contestable, Contested } from '#lib/trust/queries/contestable.ts';
import { contest } from './actions.ts';

type Proposal = { readonly interruptions: readonly Interruption[]; readonly proposedMicros: bigint };

type ContestPanelProps = {
  bookingId: string;
  side: 'renter' | 'host' | 'staff';
  contested: Contested;
  /** What the market found of interruptions; null where nothing can be contested now. */
  proposal: Proposal | null;
};

const TITLES = { use: 'Contest this charge', cancellation: 'Contest what giving the window back cost' } as const;

/** The ways to say that a charge is wrong, and to where that was said. */
export function ContestPanel({ bookingId, side, contested, proposal }: ContestPanelProps) {
  const { charges, disputes } = contested;
  return (
    <>
      {disputes.length > 0 && (
        <Panel title="Contested">
          <ul className="divide-y divide-line text-sm">
            {disputes.map(({ id, about, state, amountMicros, givenMicros }) => (
              <li key={id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5">
                <Link className="link inline-flex min-h-6 items-center" href={`/disputes/${id}`}>
                  <Money micros={amountMicros} />
                  <span className="pl-1">{about === 'use' ? 'of use' : 'for the window'}</span>
                </Link>
                <span className="text-muted">
                  {state === 'open' ? (
                    'open'
                  ) : (
                    <>
                      <Money micros={givenMicros ?? 0n} /> came back
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {side === 'renter' &&
        charges.map((charge) => (
          <Panel key={charge.about} title={TITLES[charge.about]}>
            <Contest bookingId={bookingId} charge={charge} proposal={charge.about === 'use' ? proposal : null} />
          </Panel>
        ))}
    </>
  );
}

type ContestProps = { bookingId: string; charge: Contestable; proposal: Proposal | null };

function Contest({ bookingId, charge, proposal }: ContestProps) {
  const { about, whyNot, until, mostMicros } = charge;
  if (whyNot !== null || until === null) return <p className="text-muted text-sm">{whyNot}</p>;
  const found = proposal !== null && proposal.proposedMicros > 0n;
  const proposed = proposal === null || proposal.proposedMicros > mostMicros ? mostMicros : proposal.proposedMicros;
  return (
    <>
      <p className="mb-3 text-muted text-sm">
        Something is wrong with it? Until {exactly(until, 'UTC')} you can contest it, each part once. What you contest
        is taken from the host and kept apart; the host has {ANSWER_DAYS} days to accept, offer or answer.
      </p>
      {proposal !== null && (
        <div className="mb-3 border-t pt-3">
          <InterruptionList interruptions={proposal.interruptions} />
          {found && (
            <p className="pt-2 text-sm">
              The rule proposes <Money micros={proposed} /> for them: it stands in the form.
            </p>
          )}
        </div>
      )}
      <details>
        <summary className="link inline-flex min-h-6 cursor-pointer items-center">Contest…</summary>
        <ActionForm action={contest} className="mt-4">
          <input type="hidden" name="bookingId" value={bookingId} />
          <input type="hidden" name="about" value={about} />
          <div className="space-y-4">
            <InputField
              name="amount"
              id={`amount-${about}`}
              label="How much"
              before="$"
              inputMode="decimal"
              autoComplete="off"
              optional
              {...(found ? { defaultValue: dollarsInput(proposed) } : {})}
              placeholder={dollarsInput(mostMicros)}
              hint={`Empty: all of it, ${formatDollars(mostMicros)}.`}
              maxLength={20}
            />
            <TextareaField
              name="reason"
              id={`reason-${about}`}
              label="What was wrong"
              hint="The host and the admins read it. What the market recorded of the rental is laid beside it."
              required
              rows={5}
              maxLength={MOST_CHARACTERS}
            />
            {about === 'use' && <EvidenceFields />}
            <SubmitButton pendingLabel="Contesting…">Contest the charge</SubmitButton>
          </div>
        </ActionForm>
      </details>
    </>
  );
}
