import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { HeldPaymentRow } from '#lib/payments/queries/held.ts';
import { decidePayment } from './actions.ts';
import { HeldRow } from './held-row.tsx';

const WAYS = [
  {
    decision: 'credit',
    trigger: 'Credit…',
    variant: 'secondary',
    title: 'Credit what came?',
    consequences: ['The wallet gets the amount that the provider received.', 'It cannot be done in another currency.'],
    confirmLabel: 'Credit',
  },
  {
    decision: 'giveBack',
    trigger: 'Give back…',
    variant: 'danger',
    title: 'Give it back?',
    consequences: [
      'All of it goes back to the card it came from.',
      'The market bears what the payment provider kept of it.',
    ],
    confirmLabel: 'Give back',
  },
] as const;

/** Payments of which something else came than was asked, each with both ways to decide. */
export function HeldPayments({ rows }: { rows: readonly HeldPaymentRow[] }) {
  return (
    <ul className="border-line border-t">
      {rows.map((row) => (
        <HeldRow key={row.id} ways={WAYS} action={decidePayment} hidden={{ topUpId: row.id }}>
          <p>
            <Link className="link font-medium" href={`/admin/people/${row.renter.id}`}>
              {row.renter.name}
            </Link>{' '}
            asked for <Money micros={row.askedMicros} />, and something else came{' '}
            <span className="text-muted">
              (<TimeAgo at={row.createdAt} />)
            </span>
          </p>
          <p className="break-all font-mono text-muted text-xs">
            {row.id} · {row.paymentIntentId ?? 'unknown at the provider'}
          </p>
          {row.cardLabel !== null && <p className="text-muted">{row.cardLabel}</p>}
          <p className="text-muted">Look at it at the provider first, by the second of these names.</p>
        </HeldRow>
      ))}
    </ul>
  );
}
