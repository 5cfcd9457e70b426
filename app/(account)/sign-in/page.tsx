import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import { isDemo } from '#app/_edge/demo.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '#lib/auth/demo.ts';
import { Narrow } from '../_parts/narrow.tsx';
import { type Asked, NextField, nextOf, withNext } from '../_parts/next-field.tsx';
import { ZoneField } from '../_parts/zone-field.tsx';
import { enter } from './actions.ts';

export const metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Asked }) {
  const next = await nextOf(searchParams);
  if ((await currentActor()) !== null) redirect(next);
  return (
    <Narrow
      title="Sign in"
      lede={
        <>
          New here?{' '}
          <Link href={withNext('/sign-up', next)} className="link">
            Create an account
          </Link>
        </>
      }
    >
      <Panel>
        <ActionForm action={enter}>
          <NextField next={next} />
          <ZoneField />
          <div className="space-y-4">
            <InputField name="email" type="email" label="E-mail" autoComplete="username" required />
            <InputField name="password" type="password" label="Password" autoComplete="current-password" required />
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <SubmitButton pendingLabel="Signing in…">Sign in</SubmitButton>
              <Link href="/forgot" className="link inline-block min-h-6 text-sm">
                Forgot the password?
              </Link>
            </div>
          </div>
        </ActionForm>
      </Panel>
      {isDemo() && <DemoAccounts next={next} />}
    </Narrow>
  );
}

function DemoAccounts({ next }: { next: string }) {
  return (
    <Panel
      title="Demo accounts"
      description={
        <>
          Known to everybody. The password of each: <span className="whitespace-nowrap font-mono">{DEMO_PASSWORD}</span>
        </>
      }
    >
      <ul className="space-y-3">
        {DEMO_ACCOUNTS.map(({ email, name, can }) => (
          <li key={email}>
            <ActionForm action={enter}>
              <NextField next={next} />
              <input type="hidden" name="email" value={email} />
              <input type="hidden" name="password" value={DEMO_PASSWORD} />
              <div className="flex items-center justify-between gap-3">
                <div className="min-w-0">
                  <p className="font-medium text-sm">{name}</p>
                  <p className="text-muted text-xs">{can}</p>
                </div>
                <SubmitButton
                  variant="secondary"
                  size="sm"
                  pendingLabel="Signing in…"
                  aria-label={`Sign in as ${name}`}
                >
                  Sign in
                </SubmitButton>
              </div>
            </ActionForm>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
