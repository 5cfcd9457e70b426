import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Payouts } from '#lib/payments/queries/payouts.ts';

/** What is kept back of a new host's earnings, each part with its day. */
export function ReservePanel({ payouts }: { payouts: Payouts }) {
  const { reserves, money } = payouts;
  return (
    <Panel title="Kept back" description="Against refunds and chargebacks, while you are new here.">
      {reserves.length === 0 ? (
        <p className="text-muted text-sm">Nothing is kept back.</p>
      ) : (
        <>
          <ul className="divide-y divide-line text-sm">
            {reserves.map((part) => (
              <li key={part.id} className="flex items-baseline justify-between gap-4 py-1.5">
                <span className="text-muted">
                  yours <TimeAgo at={part.releaseAt} />
                </span>
                <Money micros={part.amountMicros} />
              </li>
            ))}
          </ul>
          <p className="mt-2 flex justify-between gap-4 border-line border-t pt-2 text-sm">
            <span>In all</span>
            <Money micros={money.reserveMicros} className="font-medium" />
          </p>
        </>
      )}
    </Panel>
  );
}
