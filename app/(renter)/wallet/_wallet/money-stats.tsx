import Link from 'next/link';
import { lasts } from '#components/booking/lasts.ts';
import { Money } from '#components/ui/money.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Burn } from '#lib/bookings/queries/burn.ts';

/** What there is, what goes, and until when. */
export function MoneyStats({ burn, payableMicros }: { burn: Burn; payableMicros: bigint }) {
  const live = burn.rentals.length;
  return (
    <Stats>
      <Stat label="Free" value={<Money micros={burn.freeMicros} />} hint="for new bookings" />
      <Stat
        label="Set aside"
        value={<Money micros={burn.heldMicros} />}
        hint="for bookings that live; the rest comes back"
      />
      <Stat
        label="Costs now"
        value={<Money micros={burn.microsPerHour} per="hour" />}
        hint={live === 0 ? 'nothing is rented' : `${live} ${live === 1 ? 'rental' : 'rentals'}, running or stopped`}
      />
      <Stat label="The money lasts" {...lasting(burn)} />
      {payableMicros !== 0n && (
        <Stat
          label="Owed to you as a host"
          value={<Money micros={payableMicros} />}
          hint={
            <Link className="link inline-flex min-h-6 items-center" href="/host/earnings">
              Earnings
            </Link>
          }
        />
      )}
    </Stats>
  );
}

function lasting(burn: Burn) {
  if (burn.runwaySeconds !== null)
    return {
      value: lasts(burn.runwaySeconds),
      hint:
        burn.lastsUntil === null ? (
          'at this rate'
        ) : (
          <>
            the first rental stops <TimeAgo at={burn.lastsUntil} />
          </>
        ),
    };
  return { value: '—', hint: burn.microsPerHour === 0n ? 'nothing uses it' : 'your caps stop what runs' };
}
