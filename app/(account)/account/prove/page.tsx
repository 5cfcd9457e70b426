import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { hasTwoStep } from '#lib/auth/queries/two-step.ts';
import { profileOf } from '#lib/auth/queries.ts';
import { type Asked, NextField, nextOf } from '../../_parts/next-field.tsx';
import { prove } from '../actions.ts';

export const metadata = { title: 'Prove that it is you' };

export default async function ProvePage({ searchParams }: { searchParams: Asked }) {
  const [actor, next] = await Promise.all([requireActor(), nextOf(searchParams)]);
  const [byCode, { email }] = await Promise.all([hasTwoStep(actor.userId), profileOf(actor)]);
  return (
    <>
      <PageHeader
        title="Prove that it is you"
        lede="What comes next could hand your account to somebody else, so a browser that was left open is not enough. Good for 15 minutes."
      />
      <Panel className="max-w-[26rem]">
        <ActionForm action={prove}>
          <NextField next={next} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <div className="space-y-4">
            {byCode ? (
              <InputField
                name="proof"
                label="Code"
                hint="Of your authenticator app, or one of your recovery codes."
                autoComplete="one-time-code"
                spellCheck={false}
                maxLength={100}
                required
              />
            ) : (
              <InputField name="proof" type="password" label="Password" autoComplete="current-password" required />
            )}
            <SubmitButton pendingLabel="Checking…">Go on</SubmitButton>
          </div>
        </ActionForm>
      </Panel>
    </>
  );
}
