import { Money } from '#components/ui/money.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Payouts } from '#lib/payments/queries/payouts.ts';

/** What is owed, what can go out now, what is kept back, and when the next payout is. */
export function MoneyStats({ payouts }: { payouts: Payouts }) {
  const { money, availableMicros, nextWeeklyAt, reserves, provider } = payouts;
  const below = money.payableMicros < 0n;
  return (
    <Stats>
      <Stat
        label="Owed to you"
        value={<Money micros={money.payableMicros} cents />}
        hint={below ? 'below zero: new earnings make up for it' : 'after the fee'}
      />
      <Stat label="Ready to be paid" value={<Money micros={availableMicros} />} hint="whole cents, after the reserve" />
      <Stat
        label="Kept back"
        value={<Money micros={money.reserveMicros} cents />}
        hint={
          reserves[0] === undefined ? (
            'nothing'
          ) : (
            <>
              the first part until <TimeAgo at={reserves[0].releaseAt} />
            </>
          )
        }
      />
      <Stat
        label="Next weekly payout"
        value={provider === null ? '—' : <TimeAgo at={nextWeeklyAt} />}
        hint={payouts.whyNot === null ? 'of what can be paid then' : 'if nothing stands in its way'}
      />
    </Stats>
  );
}
