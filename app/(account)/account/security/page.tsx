import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { PASSWORD_MIN } from '#lib/auth/password-rule.ts';
import { twoStepOf } from '#lib/auth/queries/two-step.ts';
import { profileOf, sessionsOf } from '#lib/auth/queries.ts';
import { theWorld } from '#lib/base/time.ts';
import { type Asked, textOf } from '../../_parts/next-field.tsx';
import { newPassword } from '../actions.ts';
import { SessionsPanel } from './sessions-panel.tsx';
import { TwoStepPanel } from './two-step-panel.tsx';

export const metadata = { title: 'Security' };

export default async function SecurityPage({ searchParams }: { searchParams: Asked }) {
  const [actor, needed] = await Promise.all([requireActor(), textOf(searchParams, 'needed')]);
  const [profile, sessions, twoStep] = await Promise.all([
    profileOf(actor),
    sessionsOf(actor, theWorld.now()),
    twoStepOf(actor),
  ]);
  return (
    <>
      <PageHeader
        title="Security"
        lede="How you sign in, and where you are signed in."
        actions={<LinkButton href="/sign-out">Sign out</LinkButton>}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {needed !== '' && actor.twoStep !== true && (
          <Callout
            tone="warn"
            title={needed === 'staff' ? 'Staff sign in by two steps' : 'Payouts need two-step sign-in'}
          >
            <p>
              {twoStep.since === null
                ? 'Switch it on here; then the rest is open to you.'
                : 'It is on, but this browser signed in without it. Sign out, and in again with a code.'}
            </p>
          </Callout>
        )}
        <TwoStepPanel actor={actor} state={twoStep} />
        <SessionsPanel
          browsers={sessions.filter((session) => session.kind === 'browser')}
          others={sessions.filter((session) => !session.current).length}
        />
        <PasswordPanel email={profile.email} />
      </div>
    </>
  );
}

function PasswordPanel({ email }: { email: string }) {
  return (
    <Panel id="password" title="Password" description="Changing it signs out every other browser. API tokens stay.">
      <ActionForm action={newPassword} resetOnSuccess>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <div className="max-w-[26rem] space-y-4">
          <InputField
            name="currentPassword"
            type="password"
            label="Present password"
            autoComplete="current-password"
            required
          />
          <InputField
            name="newPassword"
            type="password"
            label="New password"
            hint={`At least ${PASSWORD_MIN} characters. Length counts, not symbols.`}
            autoComplete="new-password"
            required
          />
          <SubmitButton variant="secondary" pendingLabel="Changing…">
            Change password
          </SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
