import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { SessionListRow } from '#lib/auth/queries.ts';
import { endOthers, endSession, makeToken } from './actions.ts';
import { NewToken } from './new-token.tsx';

function Rows({ sessions }: { sessions: readonly SessionListRow[] }) {
  return (
    <ul className="-mt-2 divide-y divide-line">
      {sessions.map((session) => (
        <li key={session.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
          <div className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              {session.label}
              {session.current && <Badge tone="accent">this one</Badge>}
            </p>
            <p className="text-muted text-xs">
              {session.ip !== null && <>{session.ip} · </>}used <TimeAgo at={session.lastSeenAt} /> · ends{' '}
              <TimeAgo at={session.expiresAt} />
            </p>
          </div>
          {!session.current && (
            <ActionForm action={endSession}>
              <input type="hidden" name="id" value={session.id} />
              <SubmitButton variant="ghost" size="sm" pendingLabel="Ending…">
                {session.kind === 'api' ? 'Revoke' : 'Sign out'}
                <span className="sr-only"> {session.label}</span>
              </SubmitButton>
            </ActionForm>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Browsers that are signed in, and programs that act with a token. */
export function SessionsPanel({ sessions }: { sessions: readonly SessionListRow[] }) {
  const browsers = sessions.filter((session) => session.kind === 'browser');
  const tokens = sessions.filter((session) => session.kind === 'api');
  return (
    <>
      <Panel
        id="sessions"
        title="Where you are signed in"
        description="What is ended acts no more from its next request on."
        actions={
          sessions.length > 1 && (
            <ConfirmDialog
              trigger="End all others…"
              variant="secondary"
              size="sm"
              title="End every other session?"
              consequences={[
                'Every other browser is signed out.',
                'Every API token is revoked: programs that use one stop working.',
              ]}
              action={endOthers}
              confirmLabel="End all others"
            />
          )
        }
      >
        <Rows sessions={browsers} />
      </Panel>
      <Panel id="tokens" title="API tokens" description="With one of them a program acts as you, by the public API.">
        {tokens.length > 0 && <Rows sessions={tokens} />}
        <ActionForm
          action={makeToken}
          resetOnSuccess
          className={tokens.length > 0 ? 'border-line border-t pt-4' : undefined}
        >
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
          <SubmitButton variant="secondary" className="mt-4" pendingLabel="Making…">
            Make token
          </SubmitButton>
        </ActionForm>
      </Panel>
    </>
  );
}
