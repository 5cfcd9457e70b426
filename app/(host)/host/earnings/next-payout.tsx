import Link from 'next/link';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { HostMoney } from '#lib/receipts/queries/host-money.ts';

/** What is owed now, and how it gets out. */
export function NextPayout({ money }: { money: HostMoney }) {
  return (
    <Panel title="Owed to you now">
      <p className="font-semibold text-2xl">
        <Money micros={money.payableMicros} />
      </p>
      <p className="mt-1 text-muted text-sm">
        {money.payableMicros < 0n
          ? 'Something was given back after it had been paid out. It is made up by what comes next.'
          : 'After the fee, whatever months are shown. It keeps standing here until it is paid out.'}
      </p>
      <p className="mt-3 flex text-sm">
        <Link className="link" href="/wallet/movements?side=host">
          Every movement of it
        </Link>
      </p>
    </Panel>
  );
}
