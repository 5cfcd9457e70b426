import Link from 'next/link';
import { TopUpStateBadge } from '#components/payment/top-up-state.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { TopUpRow } from '#lib/payments/queries/top-ups.ts';

/** The last payments; each leads to its receipt. */
export function PaymentsPanel({ payments }: { payments: readonly TopUpRow[] }) {
  if (payments.length === 0) return null;
  return (
    <Panel flush title="Payments">
      <ul className="border-line border-t">
        {payments.map((payment) => (
          <li key={payment.id} className="border-line border-b px-4 py-2.5 text-sm sm:px-5 last:border-b-0">
            <div className="flex items-baseline justify-between gap-3">
              <Link className="link relative" href={`/wallet/top-ups/${payment.id}`} prefetch={false}>
                <Money micros={payment.amountMicros} />
                <span className="sr-only">: receipt</span>
              </Link>
              <TopUpStateBadge state={payment.state} />
            </div>
            <p className="mt-0.5 flex flex-wrap gap-x-3 text-muted text-xs">
              <TimeAgo at={payment.createdAt} />
              <span>{payment.provider === 'sandbox' ? 'sandbox' : (payment.cardLabel ?? 'card')}</span>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
