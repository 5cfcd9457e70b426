import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { SessionListRow } from '#lib/auth/queries.ts';
import { SessionRows } from '../_parts/session-rows.tsx';
import { endOthers } from '../actions.ts';

/** Browsers that are signed in. `others`: how many sessions and tokens there are besides this one. */
export function SessionsPanel({ browsers, others }: { browsers: readonly SessionListRow[]; others: number }) {
  return (
    <Panel
      id="sessions"
      title="Where you are signed in"
      description="What is ended acts no more from its next request on. Addresses are cut to their network."
      actions={
        others > 0 && (
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
      <SessionRows sessions={browsers} />
    </Panel>
  );
}
