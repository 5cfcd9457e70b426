import { FactList } from '#components/ui/fact-list.tsx';
import { exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Rental } from '#lib/bookings/rental.ts';

/** A reserved window: from when until when, and what giving it back costs. */
export function ReservedPanel({
  rental,
  cancellation,
}: {
  rental: Rental;
  cancellation: NonNullable<Rental['cancellation']>;
}) {
  return (
    <Panel
      title="Reserved window"
      description={
        rental.ahead
          ? 'Its machine has the permit and starts it when the window begins, whether this page is open or not.'
          : 'The GPUs are yours until the window ends.'
      }
    >
      <FactList
        facts={[
          {
            label: 'Begins',
            value: exactly(rental.startsAt, 'UTC'),
            hint: rental.ahead ? <TimeAgo at={rental.startsAt} /> : undefined,
          },
          { label: 'Ends', value: exactly(rental.endsAt, 'UTC') },
          { label: 'Giving it back is free until', value: exactly(cancellation.freeUntil, 'UTC') },
          {
            label: 'Giving it back now costs',
            value: cancellation.dueMicros === 0n ? 'nothing' : <Money micros={cancellation.dueMicros} />,
            hint: (
              <>
                later at most <Money micros={cancellation.shareMicros} />
              </>
            ),
          },
        ]}
      />
      <p className="mt-3 text-muted text-sm">
        {cancellation.fault !== null && (
          <>
            {cancellation.fault.kind === 'silent'
              ? 'Its machine was silent from '
              : 'Its machine did not get it to run from '}
            <TimeAgo at={cancellation.fault.since} /> on: nobody pays for what a machine does not give.{' '}
          </>
        )}
        {cancellation.sentence}
      </p>
    </Panel>
  );
}
