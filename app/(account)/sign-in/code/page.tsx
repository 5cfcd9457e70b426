import Link from 'next/link';
import { redirect } from 'next/navigation';
import { currentActor } from '#app/_edge/actor.ts';
import { signInPath } from '#app/_edge/next-path.ts';
import { sessionIdOfRequest } from '#app/_edge/session-cookie.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { halfwayIn } from '#lib/auth/queries/two-step.ts';
import { theWorld } from '#lib/base/time.ts';
import { Narrow } from '../../_parts/narrow.tsx';
import { type Asked, NextField, nextOf, textOf } from '../../_parts/next-field.tsx';
import { ZoneField } from '../../_parts/zone-field.tsx';
import { enterCode } from '../actions.ts';

export const metadata = { title: 'Sign in: the code' };

export default async function CodePage({ searchParams }: { searchParams: Asked }) {
  const [next, by] = await Promise.all([nextOf(searchParams), textOf(searchParams, 'by')]);
  if ((await currentActor()) !== null) redirect(next);
  const sessionId = await sessionIdOfRequest();
  const waiting = sessionId === null ? null : await halfwayIn(sessionId, theWorld.now());
  if (waiting === null) redirect(signInPath(next));
  const recovery = by === 'recovery';
  const other = new URLSearchParams({ ...(next === '/' ? {} : { next }), ...(recovery ? {} : { by: 'recovery' }) });
  return (
    <Narrow
      title={recovery ? 'Your recovery code' : 'The code of your app'}
      lede={<>Second step for {waiting.email}. It waits ten minutes.</>}
    >
      <Panel>
        <ActionForm action={enterCode}>
          <NextField next={next} />
          <ZoneField />
          <div className="space-y-4">
            {recovery ? (
              <InputField
                key="recovery"
                name="code"
                label="Recovery code"
                hint="One of the ten that you kept, like k3f7-q0zd-1m8t-x2ab. Each works once."
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                maxLength={100}
                autoFocus
                required
              />
            ) : (
              <InputField
                key="app"
                name="code"
                label="Code"
                hint="Six digits, new every 30 seconds. Pasting works."
                autoComplete="one-time-code"
                inputMode="numeric"
                spellCheck={false}
                maxLength={100}
                autoFocus
                required
              />
            )}
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <SubmitButton pendingLabel="Checking…">Sign in</SubmitButton>
              <Link href={`/sign-in/code?${other}`} className="link inline-block min-h-6 text-sm">
                {recovery ? 'Use the app instead' : 'Phone not at hand?'}
              </Link>
            </div>
          </div>
        </ActionForm>
      </Panel>
      {recovery && (
        <p className="text-muted text-sm">
          Phone and recovery codes both lost? Write to the operators of this market: when they are sure who you are,
          they take the second step off.
        </p>
      )}
    </Narrow>
  );
}
