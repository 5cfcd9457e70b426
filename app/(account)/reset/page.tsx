import type { Metadata } from 'next';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { PASSWORD_MIN } from '#lib/auth/password-rule.ts';
import { Narrow } from '../_parts/narrow.tsx';
import { type Asked, textOf } from '../_parts/next-field.tsx';
import { setPassword } from './actions.ts';

export const metadata: Metadata = { title: 'Set a new password', robots: { index: false }, referrer: 'same-origin' };

export default async function ResetPage({ searchParams }: { searchParams: Asked }) {
  const [token, done] = await Promise.all([textOf(searchParams, 'token'), textOf(searchParams, 'done')]);
  if (done !== '')
    return (
      <Narrow title="Your password is set" lede="Every session and API token of the account was ended. Sign in anew.">
        <div>
          <LinkButton href="/sign-in" variant="primary">
            Sign in
          </LinkButton>
        </div>
      </Narrow>
    );
  if (token === '')
    return (
      <Narrow title="Set a new password" lede="This page needs the link from our mail. Ask for one if you have none.">
        <div>
          <LinkButton href="/forgot" variant="primary">
            Mail me a link
          </LinkButton>
        </div>
      </Narrow>
    );
  return (
    <Narrow title="Set a new password" lede="This ends every session and every API token of the account.">
      <Panel>
        <ActionForm action={setPassword}>
          <input type="hidden" name="token" value={token} />
          <div className="space-y-4">
            <InputField
              name="password"
              type="password"
              label="New password"
              hint={`At least ${PASSWORD_MIN} characters. Length counts, not symbols.`}
              autoComplete="new-password"
              required
            />
            <SubmitButton pendingLabel="Setting…">Set password</SubmitButton>
          </div>
        </ActionForm>
      </Panel>
    </Narrow>
  );
}
