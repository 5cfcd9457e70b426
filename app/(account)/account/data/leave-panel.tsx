import Link from 'next/link';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { GRACE_DAYS } from '#lib/trust/leaving.ts';
import type { Leaving } from '#lib/trust/queries/leaving.ts';
import { ProofFirst } from '../_parts/proof-first.tsx';
import { leave, stay } from '../actions.ts';

/** Deleting the account: what happens, what is in the way, the wish and the way back. */
export function LeavePanel({ actor, leaving }: { actor: Actor; leaving: Leaving }) {
  if (leaving.dueAt !== null)
    return (
      <Panel id="leave" title="Your account is about to be deleted">
        <p className="mb-4">
          It goes <TimeAgo at={leaving.dueAt} />. Until then nothing is lost.
        </p>
        <ActionForm action={stay}>
          <SubmitButton pendingLabel="Taking it back…">Keep my account</SubmitButton>
        </ActionForm>
      </Panel>
    );
  // What is in the wallet may be given up below: it alone stands in nobody's way.
  const holds = leaving.holds.filter(({ says }) => !says.includes('give them up below'));
  const wallet = leaving.walletMicros >= 10_000n ? leaving.walletMicros : null;
  return (
    <Panel id="leave" title="Delete my account">
      <ul className="mb-5 list-disc space-y-1 pl-5 text-sm marker:text-muted">
        <li>
          It is deleted {GRACE_DAYS} days after you ask. Until then you can take it back; other browsers and all API
          tokens are signed out at once.
        </li>
        <li>
          Removed: name, address, password, keys, sessions, notices, mails, logs and metrics of your rentals, names and
          commands of what you ran.
        </li>
        <li>
          Kept, under the name “Deleted account”: bills, statements, transfers, payouts, disputes, messages and reviews
          you wrote, and what stands in the public log, for as long as the law wants books kept. They are other people’s
          evidence too.
        </li>
        <li>Nobody can sign in to it again, and it cannot be brought back.</li>
      </ul>
      {holds.length > 0 ? (
        <Callout tone="info" title="Something is in the way">
          <ul className="space-y-1.5">
            {holds.map(({ says, link }) => (
              <li key={says}>
                {says}{' '}
                <Link href={link} className="link whitespace-nowrap">
                  Go there
                </Link>
              </li>
            ))}
          </ul>
        </Callout>
      ) : (
        <ProofFirst actor={actor} next="/account/data" to="delete your account">
          <ActionForm action={leave} className="max-w-[26rem] space-y-4">
            {wallet !== null && (
              <CheckboxField
                name="givesUp"
                value={wallet.toString()}
                label={`I give up the ${formatDollars(wallet)} in my wallet`}
                hint="Or have it sent back to your card first, on the wallet page."
              />
            )}
            <InputField
              name="email"
              type="email"
              label="Your e-mail address, to confirm"
              autoComplete="off"
              spellCheck={false}
              required
            />
            <SubmitButton variant="danger" pendingLabel="Asking…">
              Delete my account
            </SubmitButton>
          </ActionForm>
        </ProofFirst>
      )}
    </Panel>
  );
}
