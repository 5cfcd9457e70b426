import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { PASSWORD_MIN } from '#lib/auth/password-rule.ts';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { type Profile, profileOf, sessionsOf, sshKeysOf } from '#lib/auth/queries.ts';
import { theWorld } from '#lib/base/time.ts';
import { newPassword, rename } from './actions.ts';
import { ClientKeysPanel } from './client-keys-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { SessionsPanel } from './sessions-panel.tsx';

export const metadata = { title: 'Account' };

export default async function AccountPage() {
  const actor = await requireActor('/account');
  const [profile, keys, clientKeys, sessions] = await Promise.all([
    profileOf(actor),
    sshKeysOf(actor),
    clientKeysOf(actor),
    sessionsOf(actor, theWorld.now()),
  ]);
  return (
    <>
      <PageHeader
        title="Account"
        lede="Who you are here, what opens your rentals, and where you are signed in."
        actions={<LinkButton href="/sign-out">Sign out</LinkButton>}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <KeysPanel keys={keys} />
          <ClientKeysPanel keys={clientKeys} />
          <ProfilePanel profile={profile} />
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <SessionsPanel sessions={sessions} />
          <PasswordPanel email={profile.email} />
        </div>
      </div>
    </>
  );
}

function ProfilePanel({ profile }: { profile: Profile }) {
  return (
    <Panel id="profile" title="Profile">
      <FactList
        className="mb-4"
        facts={[
          {
            label: 'E-mail',
            value: profile.email,
            hint:
              profile.emailConfirmedAt === null ? (
                <Link href="/confirm" className="link">
                  not confirmed yet
                </Link>
              ) : (
                <StateBadge kind="done">confirmed</StateBadge>
              ),
          },
          { label: 'Member since', value: <TimeAgo at={profile.createdAt} /> },
          ...(profile.role === 'admin' ? [{ label: 'Role', value: 'admin' }] : []),
          {
            label: 'Terms accepted',
            value: (
              <Link href="/terms" className="link">
                version {profile.termsVersion}
              </Link>
            ),
          },
        ]}
      />
      <ActionForm action={rename}>
        <InputField
          name="name"
          label="Name"
          hint="What hosts and renters see of you."
          defaultValue={profile.name}
          autoComplete="name"
          maxLength={600}
          required
        />
        <SubmitButton variant="secondary" className="mt-4" pendingLabel="Saving…">
          Save
        </SubmitButton>
      </ActionForm>
    </Panel>
  );
}

function PasswordPanel({ email }: { email: string }) {
  return (
    <Panel id="password" title="Password" description="Changing it signs out every other browser. API tokens stay.">
      <ActionForm action={newPassword} resetOnSuccess>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <div className="space-y-4">
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
