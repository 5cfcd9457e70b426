import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { GivenUpWebhookRow } from '#lib/payments/queries/held.ts';
import { decideAboutWebhook } from './actions.ts';

const WAYS = [
  {
    decision: 'retry',
    trigger: 'Try again…',
    variant: 'secondary',
    title: 'Try it again?',
    consequences: ['It is handled as if it had come now: how things stand is asked for anew.'],
    confirmLabel: 'Try again',
  },
  {
    decision: 'putAside',
    trigger: 'Put aside…',
    variant: 'danger',
    title: 'Put it aside?',
    consequences: ['Nothing more is done about it, and it leaves this list.', 'No money moves.'],
    confirmLabel: 'Put aside',
  },
] as const;

/** Webhooks that nobody tries any more, each with what went wrong last. */
export function HeldWebhooks({ rows }: { rows: readonly GivenUpWebhookRow[] }) {
  return (
    <ul className="border-line border-t">
      {rows.map((row) => (
        <li
          key={row.id}
          className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-b px-4 py-3 last:border-b-0 sm:px-5"
        >
          <div className="min-w-0 flex-1 basis-72 space-y-1 text-sm">
            <p>
              <span className="font-medium">{row.type}</span>{' '}
              <span className="text-muted">
                received <TimeAgo at={row.receivedAt} />
              </span>
            </p>
            <p className="break-all font-mono text-muted text-xs">
              {row.id} · {row.objectId}
            </p>
            <p className="text-muted [overflow-wrap:anywhere]">{row.lastError ?? 'It never said what went wrong.'}</p>
          </div>
          <div className="flex flex-wrap gap-2">
            {WAYS.map(({ decision, ...way }) => (
              <ConfirmDialog
                key={decision}
                {...way}
                size="sm"
                action={decideAboutWebhook}
                hidden={{ webhookId: row.id, decision }}
              >
                <TextareaField name="reason" label="Reason" hint="Other admins read it." required maxLength={500} />
              </ConfirmDialog>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}
