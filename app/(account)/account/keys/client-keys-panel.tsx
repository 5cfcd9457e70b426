import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { ClientKeyRow } from '#lib/auth/queries/client-keys.ts';
import { endClientKey } from '../actions.ts';

/** The keys by which the viewer's browsers and programs countersign what machines state. */
export function ClientKeysPanel({ keys }: { keys: readonly ClientKeyRow[] }) {
  return (
    <Panel
      id="client-keys"
      title="Client keys"
      description="By them your browsers and programs countersign what machines state. Each stays where it was made; a rental names those that you had when its permit was issued."
    >
      {keys.length === 0 ? (
        <p className="text-muted">None yet: a browser makes one when you book with it.</p>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {keys.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
              <div className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
                <p className="font-medium">{key.name}</p>
                <p className="font-mono text-xs">{key.key}</p>
                <p className="text-muted text-xs">
                  registered <TimeAgo at={key.createdAt} />
                </p>
              </div>
              <ConfirmDialog
                trigger="Revoke…"
                variant="ghost"
                size="sm"
                title={`Revoke the key of “${key.name}”?`}
                consequences={['It countersigns nothing more, for ever.', 'What it countersigned stays countersigned.']}
                action={endClientKey}
                hidden={{ id: key.id }}
                confirmLabel="Revoke key"
              />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
