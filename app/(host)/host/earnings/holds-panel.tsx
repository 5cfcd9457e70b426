import { FactList } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { HostMoney } from '#lib/receipts/queries/host-money.ts';

/** Money that is not free to be paid out, and why. */
export function HoldsPanel({ money }: { money: HostMoney }) {
  return (
    <Panel title="Held, and why">
      <FactList
        facts={[
          {
            label: 'Reserve',
            value: <Money micros={money.reserveMicros} />,
            hint: 'kept back for a while against refunds and chargebacks',
          },
          {
            label: 'Contested',
            value: <Money micros={money.contestedMicros} />,
            hint:
              money.contestedBookings === 0
                ? 'no renter contests a charge'
                : `${counted(money.contestedBookings)}, until it is decided`,
          },
          {
            label: 'Bills still open',
            value: <Money micros={money.openMicros} />,
            hint:
              money.openBookings === 0
                ? 'every bill is final'
                : `of what you are owed, from ${counted(money.openBookings)} whose bill is not final`,
          },
        ]}
      />
    </Panel>
  );
}

function counted(bookings: number): string {
  return `${bookings} ${bookings === 1 ? 'booking' : 'bookings'}`;
}
