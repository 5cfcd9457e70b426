import { AddKeyForm } from '#components/account/add-key-form.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { SshKeyRow } from '#lib/auth/queries.ts';
import { addKey, removeKey } from '../actions.ts';

/** The keys that open what the viewer rents. */
export function KeysPanel({ keys }: { keys: readonly SshKeyRow[] }) {
  return (
    <Panel
      id="ssh-keys"
      title="SSH keys"
      description="They open what you rent. A rental takes the keys that you have when you book it."
    >
      {keys.length === 0 ? (
        <EmptyState kind="first" title="No key yet" className="py-6">
          <p>Add one, so that you can reach what you rent.</p>
        </EmptyState>
      ) : (
        <ul className="-mt-2 mb-5 divide-y divide-line border-line border-b">
          {keys.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
              <div className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
                <p className="font-medium">{key.name}</p>
                <p className="font-mono text-xs">{key.fingerprint}</p>
                <p className="text-muted text-xs">
                  {key.kind} · added <TimeAgo at={key.createdAt} />
                </p>
              </div>
              <ConfirmDialog
                trigger="Remove…"
                variant="ghost"
                size="sm"
                title={`Remove the key “${key.name}”?`}
                consequences={[
                  'What you book from now on does not let it in.',
                  'What runs already keeps the keys that it was booked with.',
                ]}
                action={removeKey}
                hidden={{ id: key.id }}
                confirmLabel="Remove key"
              />
            </li>
          ))}
        </ul>
      )}
      <AddKeyForm action={addKey} />
    </Panel>
  );
}
