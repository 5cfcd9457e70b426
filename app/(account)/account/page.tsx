import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { LOCALES, timeZones } from '#lib/auth/preferences.ts';
import { type Profile, profileOf } from '#lib/auth/queries.ts';
import { saveProfile } from './actions.ts';

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
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <ProfilePanel profile={profile} />
        <AsApiCall calls={[readingCalls.profile()]} />
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
      <ActionForm action={saveProfile}>
        <div className="max-w-[26rem] space-y-4">
          <InputField
            name="name"
            label="Name"
            hint="What hosts and renters see of you."
            defaultValue={profile.name}
            autoComplete="name"
            maxLength={600}
            required
          />
          <SelectField
            name="timeZone"
            label="Time zone"
            hint={`For exact times, your calendar and what you are told. Left to your browser, mails say ${profile.browserZone === null ? 'UTC' : `the zone of your last sign-in, ${profile.browserZone.replaceAll('_', ' ')}`}.`}
            defaultValue={profile.timeZone ?? ''}
          >
            <option value="">As your browser has it</option>
            {timeZones().map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </SelectField>
          <SelectField
            name="locale"
            label="Dates written like"
            hint="The words of the pages are English."
            defaultValue={profile.locale ?? ''}
          >
            <option value="">23 Nov 2026, 14:05 (as the pages are)</option>
            {Object.entries(LOCALES).map(([locale, example]) => (
              <option key={locale} value={locale}>
                {example} ({locale})
              </option>
            ))}
          </SelectField>
          <SubmitButton variant="secondary" pendingLabel="Saving…">
            Save
          </SubmitButton>
        </div>
      </ActionForm>
    </Panel>
  );
}
