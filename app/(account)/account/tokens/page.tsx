import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { RadioCardsField } from '#components/ui/choice-fields.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { sessionsOf } from '#lib/auth/queries.ts';
import { theWorld } from '#lib/base/time.ts';
import { ProofFirst } from '../_parts/proof-first.tsx';
import { SessionRows } from '../_parts/session-rows.tsx';
import { makeToken } from '../actions.ts';
import { NewToken } from './new-token.tsx';

export const metadata = { title: 'API tokens' };

export default async function TokensPage() {
  const actor = await requireActor();
  const tokens = (await sessionsOf(actor, theWorld.now())).filter((session) => session.kind === 'api');
  return (
    <>
      <PageHeader title="API tokens" lede="With one of them a program acts as you, by the public API." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel id="tokens" title="Your tokens">
          {tokens.length === 0 ? (
            <EmptyState kind="first" title="No token yet" className="py-6">
              <p>Programs that sign in by themselves make one too.</p>
            </EmptyState>
          ) : (
            <SessionRows sessions={tokens} />
          )}
        </Panel>
        <Panel
          title="A new token"
          description="It may do everything that you may, except what asks for a proof first: other tokens, your sign-in, your data."
        >
          <ProofFirst actor={actor} next="/account/tokens" to="make a token">
            <ActionForm action={makeToken} resetOnSuccess>
              <NewToken />
              <div className="flex flex-wrap items-start gap-4">
                <InputField name="label" label="What it is for" maxLength={100} className="flex-1 basis-40" required />
                <InputField
                  name="days"
                  label="Good for"
                  after="days"
                  type="number"
                  min={1}
                  max={365}
                  defaultValue={90}
                  className="w-36"
                  required
                />
              </div>
              <div className="mt-4">
                <RadioCardsField
                  columns={2}
                  name="scope"
                  legend="What it may do"
                  defaultValue="all"
                  options={[
                    { value: 'all', title: 'Everything', description: 'Book, pay, end, change.' },
                    { value: 'read', title: 'Only look', description: 'Each change is refused.' },
                  ]}
                />
              </div>
              <SubmitButton variant="secondary" className="mt-4" pendingLabel="Making…">
                Make token
              </SubmitButton>
            </ActionForm>
          </ProofFirst>
        </Panel>
      </div>
    </>
  );
}
