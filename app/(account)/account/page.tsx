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
import { type Profile, profileOf } from '#lib/auth/queries.ts';
import { rename } from './actions.ts';

export const metadata = { title: 'Profile' };

export default async function AccountPage() {
  const actor = await requireActor('/account');
  const profile = await profileOf(actor);
  return (
    <>
      <PageHeader
        title="Account"
        lede="Who you are here."
        actions={<LinkButton href="/sign-out">Sign out</LinkButton>}
      />
      <ProfilePanel profile={profile} />
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
