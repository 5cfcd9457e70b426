import Link from 'next/link';
import { FactList } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Payouts } from '#lib/payments/queries/payouts.ts';
import { PayoutBadge } from '../payouts/payout-badge.tsx';

/** What is owed now, what is on its way, and when the next payout is. */
export function NextPayout({ payouts }: { payouts: Payouts }) {
  const { money, current, whyNot, availableMicros, nextWeeklyAt, provider } = payouts;
  return (
    <Panel title="Owed to you now">
      <p className="font-semibold text-2xl">
        <Money micros={money.payableMicros} />
      </p>
      <p className="mt-1 text-muted text-sm">
        {money.payableMicros < 0n
          ? 'Something was given back after it had been paid out. It is made up by what comes next.'
          : 'After the fee, whatever months are shown.'}
      </p>
      <FactList
        className="mt-3 border-line border-t pt-1"
        facts={[
          ...(current === null
            ? []
            : [
                {
                  label: 'On its way',
                  value: <Money micros={current.amountMicros} />,
                  hint: <PayoutBadge row={current} />,
                },
              ]),
          { label: 'Ready to be paid', value: <Money micros={availableMicros} /> },
          ...(provider === null ? [] : [{ label: 'Next weekly payout', value: <TimeAgo at={nextWeeklyAt} /> }]),
        ]}
      />
      {whyNot !== null && <p className="mt-2 text-muted text-sm">{whyNot}</p>}
      <p className="mt-3 flex flex-wrap gap-x-4 text-sm">
        <Link className="link" href="/host/payouts">
          Payouts
        </Link>
        <Link className="link" href="/wallet/movements?side=host">
          Every movement of it
        </Link>
      </p>
    </Panel>
  );
}
