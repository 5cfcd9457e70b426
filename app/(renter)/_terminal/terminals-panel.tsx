import { TerminalPanel } from '#components/terminal/terminal-panel.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { terminalsOf } from '#lib/bookings/queries/terminals.ts';
import { closeAll, openHere } from './actions.ts';

/** The terminal of a booking's page, those that are open elsewhere, and the switch to have none. */
export async function TerminalsPanel(props: { actor: Actor; bookingId: string; executes: boolean }) {
  const { actor, bookingId, executes } = props;
  const { locked, open } = await terminalsOf(actor, bookingId, theWorld.now());
  if (locked)
    return (
      <Panel title="Terminal in this page">
        <p className="text-sm">You switched terminals in pages off for this booking. ssh works as before.</p>
      </Panel>
    );
  return (
    <>
      <TerminalPanel bookingId={bookingId} open={openHere} executes={executes}>
        <ConfirmDialog
          trigger="Switch terminals off…"
          variant="secondary"
          title="Switch terminals in pages off?"
          consequences={[
            'Nobody who is signed in as you can open a shell of this booking in a browser any more. It cannot be switched on again.',
            'Terminals that are open are closed. Your SSH keys open it as before.',
          ]}
          action={closeAll}
          hidden={{ bookingId, forGood: 'on' }}
          confirmLabel="Switch off for good"
          pendingLabel="Switching off…"
        />
      </TerminalPanel>
      {open.length > 0 && (
        <Panel title="Open terminals" level={2}>
          <ul className="mb-3 divide-y divide-line text-sm">
            {open.map((terminal) => (
              <li key={terminal.id} className="flex flex-wrap justify-between gap-x-4 py-1.5">
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  {terminal.session}
                  {terminal.here && <span className="text-muted"> · this browser</span>}
                </span>
                <TimeAgo at={terminal.openedAt} className="text-muted text-xs" />
              </li>
            ))}
          </ul>
          <ActionForm action={closeAll}>
            <input type="hidden" name="bookingId" value={bookingId} />
            <SubmitButton size="sm" variant="secondary" pendingLabel="Closing…">
              Close all
            </SubmitButton>
          </ActionForm>
        </Panel>
      )}
    </>
  );
}
