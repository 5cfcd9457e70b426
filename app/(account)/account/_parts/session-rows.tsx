import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { SessionListRow } from '#lib/auth/queries.ts';
import { endSession } from '../actions.ts';

/** Sessions or tokens, each with what it is known by, when it was used and a way to end it. */
export function SessionRows({ sessions }: { sessions: readonly SessionListRow[] }) {
  return (
    <ul className="-my-2 divide-y divide-line">
      {sessions.map((session) => (
        <li key={session.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
          <div className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              {session.label}
              {session.current && <Badge tone="accent">this one</Badge>}
              {session.readOnly && <Badge>only looks</Badge>}
              {session.twoStep && <Badge tone="good">two-step</Badge>}
            </p>
            <p className="text-muted text-xs">
              {session.place !== null && <>{session.place} · </>}used <TimeAgo at={session.lastSeenAt} /> · begun{' '}
              <TimeAgo at={session.createdAt} /> · ends <TimeAgo at={session.expiresAt} />
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
