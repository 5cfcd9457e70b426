import Link from 'next/link';
import { ActionForm } from '#components/ui/action-form.tsx';
import { SelectField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { countries, countryName } from '#lib/catalogue/country.ts';
import type { PayoutAccountState } from '#lib/payments/payout-account.ts';
import type { Payouts } from '#lib/payments/queries/payouts.ts';
import { checkAgain, setUp } from './actions.ts';

const LOOKS: Record<PayoutAccountState, readonly [StateKind, string]> = {
  none: ['waiting', 'not set up'],
  opening: ['working', 'being opened'],
  incomplete: ['warning', 'needs something'],
  checking: ['working', 'being checked'],
  ready: ['running', 'ready'],
  closed: ['failed', 'closed'],
};

/** Where the host is paid to: how it stands, what is missing and how to mend it. */
export function AccountPanel({ account, proven }: { account: Payouts['account']; proven: boolean }) {
  const [kind, word] = LOOKS[account.state];
  return (
    <Panel title="Where you are paid" actions={<StateBadge kind={kind}>{word}</StateBadge>}>
      <div className="space-y-4 text-sm">
        {account.problem === null ? (
          <p>Stripe pays to the bank account that you gave there.</p>
        ) : (
          <p>{account.problem}</p>
        )}
        {account.missing.length > 0 && (
          <div>
            <p className="font-medium">Still asked for</p>
            <ul className="mt-1 list-disc space-y-0.5 pl-5 marker:text-muted">
              {account.missing.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </div>
        )}
        {account.country !== null && (
          <p className="text-muted">
            {countryName(account.country)}
            {account.checkedAt !== null && (
              <>
                {' '}
                · looked at <TimeAgo at={account.checkedAt} />
              </>
            )}
          </p>
        )}
        {account.state !== 'closed' && !proven && (
          <Link href="/account/prove?next=/host/payouts" className="link inline-flex min-h-6 items-center">
            Prove that it is you to set up or change where you are paid
          </Link>
        )}
        {account.state !== 'closed' && proven && (
          <ActionForm action={setUp}>
            <div className="space-y-3">
              {account.country === null ? (
                <SelectField
                  name="country"
                  label="Country you live in"
                  hint="It cannot be changed later. You hand in everything else on Stripe’s own pages; we never see it."
                  defaultValue="US"
                >
                  {countries().map(({ code, name }) => (
                    <option key={code} value={code}>
                      {name}
                    </option>
                  ))}
                </SelectField>
              ) : (
                <input type="hidden" name="country" value={account.country} />
              )}
              <SubmitButton variant={account.state === 'ready' ? 'secondary' : 'primary'} pendingLabel="Opening…">
                {account.country === null
                  ? 'Set up at Stripe'
                  : account.state === 'ready'
                    ? 'Change at Stripe'
                    : 'Continue at Stripe'}
              </SubmitButton>
            </div>
          </ActionForm>
        )}
        {account.country !== null && account.state !== 'ready' && (
          <ActionForm action={checkAgain}>
            <SubmitButton variant="ghost" size="sm" pendingLabel="Asking…">
              Look again
            </SubmitButton>
          </ActionForm>
        )}
      </div>
    </Panel>
  );
}
