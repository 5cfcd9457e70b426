import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { GivenUpWebhookRow } from '#lib/payments/queries/held.ts';
import { decideAboutWebhook } from './actions.ts';
import { HeldRow } from './held-row.tsx';

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
        <HeldRow key={row.id} ways={WAYS} action={decideAboutWebhook} hidden={{ webhookId: row.id }}>
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
        </HeldRow>
      ))}
    </ul>
  );
}
