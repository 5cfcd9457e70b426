import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { PASSWORD_MIN } from '#lib/auth/password-rule.ts';
import { Narrow } from '../_parts/narrow.tsx';
import { type Asked, NextField, nextOf, withNext } from '../_parts/next-field.tsx';
import { TermsCheckbox } from '../_parts/terms-checkbox.tsx';
import { ZoneField } from '../_parts/zone-field.tsx';
import { join } from './actions.ts';

export const metadata = { title: 'Create an account' };

export default async function SignUpPage({ searchParams }: { searchParams: Asked }) {
  const next = await nextOf(searchParams);
  if ((await currentActor()) !== null) redirect(next);
  return (
    <Narrow
      title="Create an account"
      lede={
        <>
          One account rents and rents out. Have one?{' '}
          <Link href={withNext('/sign-in', next)} className="link">
            Sign in
          </Link>
        </>
      }
    >
      <Panel>
        <ActionForm action={join}>
          <NextField next={next} />
          <ZoneField />
          <div className="space-y-4">
            <InputField
              name="name"
              label="Name"
              hint="What hosts and renters see of you."
              autoComplete="name"
              maxLength={600}
              required
            />
            <InputField
              name="email"
              type="email"
              label="E-mail"
              hint="We mail a link to confirm it, and what concerns your money."
              autoComplete="username"
              required
            />
            <InputField
              name="password"
              type="password"
              label="Password"
              hint={`At least ${PASSWORD_MIN} characters. Length counts, not symbols.`}
              autoComplete="new-password"
              required
            />
            <TermsCheckbox />
            <SubmitButton pendingLabel="Creating…">Create account</SubmitButton>
          </div>
        </ActionForm>
      </Panel>
    </Narrow>
  );
}
