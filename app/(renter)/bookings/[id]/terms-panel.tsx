import { FactList } from '#components/ui/fact-list.tsx';
import { duration, exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Rental } from '#lib/bookings/rental.ts';
import { DISK_KEPT_SECONDS, runningCost, stoppedCost } from '#lib/bookings/terms.ts';
import { cancellationSentence } from '#lib/catalogue/cancellation.ts';

/** The terms of a booking: frozen when it was made, whatever the listing says since. */
export function TermsPanel({ rental }: { rental: Rental }) {
  const { terms } = rental;
  return (
    <Panel title="Terms" description={`Frozen when it was booked, ${exactly(rental.createdAt, 'UTC')}.`}>
      <FactList
        facts={[
          {
            label: rental.kind === 'interruptible' ? 'GPU, at most' : 'GPU',
            value: <Money micros={terms.priceMicrosPerGpuHour} per="GPU-hour" />,
            hint: rental.kind === 'interruptible' ? 'your bid; what is above the clearing price comes back' : undefined,
          },
          { label: 'Disk', value: <Money micros={terms.diskPriceMicrosPerGibMonth} per="GiB-month" /> },
          {
            label: rental.kind === 'interruptible' ? 'While it runs, at most' : 'While it runs',
            value: <Money micros={runningCost(terms, 3_600)} per="hour" />,
          },
          { label: 'While it is stopped', value: <Money micros={stoppedCost(terms, 86_400)} per="day" /> },
          {
            label: 'Of which this market’s fee',
            value: `${terms.feeBasisPoints / 100} %`,
            hint: 'the rest is the host’s; you pay nothing on top',
          },
          {
            label: 'When time or money ends',
            value: `its disk is kept for ${duration(DISK_KEPT_SECONDS)}`,
          },
          ...(terms.maintenanceNoticeSeconds === undefined
            ? []
            : [
                {
                  label: 'Maintenance',
                  value: `announced ${duration(terms.maintenanceNoticeSeconds)} before`,
                },
              ]),
        ]}
      />
      {terms.cancellation !== undefined && rental.kind === 'reserved' && (
        <p className="mt-3 text-sm">
          <span className="text-muted">Giving it back:</span> {cancellationSentence(terms.cancellation)}
        </p>
      )}
    </Panel>
  );
}
