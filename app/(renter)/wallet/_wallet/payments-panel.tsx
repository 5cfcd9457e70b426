import { Badge } from '#components/ui/badge.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { TopUpRow } from '#lib/payments/queries.ts';

const SHOWN = 6;

/** What was paid in: the receipt of each payment, by its number. */
export function PaymentsPanel({ payments }: { payments: readonly TopUpRow[] }) {
  return (
    <Panel title="Payments">
      {payments.length === 0 ? (
        <p className="text-muted text-sm">Nothing was paid in yet. Each payment gets a receipt here.</p>
      ) : (
        <>
          <PaymentList payments={payments.slice(0, SHOWN)} />
          {payments.length > SHOWN && (
            <details className="border-line border-t text-sm">
              <summary className="flex min-h-10 items-center font-medium hover:text-accent-ink">
                {payments.length - SHOWN} earlier
              </summary>
              <PaymentList payments={payments.slice(SHOWN)} />
            </details>
          )}
        </>
      )}
    </Panel>
  );
}

function PaymentList({ payments }: { payments: readonly TopUpRow[] }) {
  return (
    <ul className="divide-y divide-line text-sm">
      {payments.map((payment) => (
        <li key={payment.id} className="py-2 first:pt-0 last:pb-0">
          <p className="flex items-center justify-between gap-3">
            <Money micros={payment.amountMicros} className="font-medium" />
            <span className="flex items-center gap-1.5">
              {payment.provider === 'sandbox' && <Badge tone="warn">no real money</Badge>}
              <Badge tone={payment.state === 'settled' ? 'good' : 'neutral'}>{payment.state}</Badge>
            </span>
          </p>
          <p className="flex flex-wrap items-center justify-between gap-x-3 text-muted text-xs">
            <TimeAgo at={payment.settledAt ?? payment.createdAt} />
            <span className="font-mono">{payment.id.slice(-8)}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
