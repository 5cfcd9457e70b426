import { Lock } from 'lucide-react';
import Link from 'next/link';
import { lasts } from '#components/booking/lasts.ts';
import { shownState } from '#components/booking/state.ts';
import { UsageBars } from '#components/booking/usage-bars.tsx';
import { SelectBox } from '#components/several/select-box.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { cameBack, type RentalRow } from '#lib/bookings/rental.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { LastSample } from '#lib/telemetry/queries/last-samples.ts';

type ListProps = {
  rentals: readonly RentalRow[];
  /** What each used when it was looked at last. */
  samples: ReadonlyMap<string, LastSample>;
};

/** Bookings where there is room. */
export function RentalTable({ rentals, past, samples }: ListProps & { past: boolean }) {
  return (
    <Table caption={past ? 'Past bookings' : 'Live bookings'}>
      <thead>
        <tr>
          {!past && (
            <Th>
              <span className="sr-only">Choose</span>
            </Th>
          )}
          <Th>Booking</Th>
          <Th>State</Th>
          <Th>GPUs</Th>
          {!past && <Th>Use</Th>}
          <Th numeric>{past ? 'Cost' : 'Cost so far'}</Th>
          {!past && <Th numeric>Now</Th>}
          <Th numeric>Time</Th>
        </tr>
      </thead>
      <tbody>
        {rentals.map((rental) => (
          <tr key={rental.id} className="relative hover:bg-hover">
            {!past && (
              <Td className="w-10">
                <SelectBox id={rental.id} name={rental.name} />
              </Td>
            )}
            <Th scope="row" className="max-w-60">
              <Link href={`/bookings/${rental.id}`} className="block truncate row-cover" title={rental.name}>
                {rental.name}
              </Link>
              <span className="block truncate font-mono font-normal text-muted text-xs">{rental.image}</span>
            </Th>
            <Td>
              <State rental={rental} />
            </Td>
            <Td className="max-w-52">
              <span className="flex flex-wrap items-center gap-x-2">
                {gpuLabel(rental.gpuCount, rental.gpuModel)}
                {rental.machine.simulated && <SimulatedBadge />}
              </span>
              <span className="block truncate text-muted text-xs">{rental.machine.name}</span>
            </Td>
            {!past && (
              <Td>
                <Use rental={rental} samples={samples} />
              </Td>
            )}
            <Td numeric>
              <Spent rental={rental} />
            </Td>
            {!past && (
              <Td numeric>
                <Rate rental={rental} />
              </Td>
            )}
            <Td numeric>
              <Time rental={rental} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Bookings where there is little room. */
export function RentalCards({ rentals, samples, className }: ListProps & { className: string }) {
  return (
    <ul className={className}>
      {rentals.map((rental) => (
        <li key={rental.id} className="relative space-y-1.5 border-line border-b px-4 py-3.5 last:border-b-0">
          <div className="flex items-start justify-between gap-3">
            <Link href={`/bookings/${rental.id}`} className="min-w-0 font-semibold [overflow-wrap:anywhere] row-cover">
              {rental.name}
            </Link>
            <span className="flex shrink-0 items-center gap-2 font-semibold">
              <Spent rental={rental} />
              {rental.endedAt === null && <SelectBox id={rental.id} name={rental.name} />}
            </span>
          </div>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
            <State rental={rental} />
            {rental.machine.simulated && <SimulatedBadge />}
          </p>
          <p className="text-muted text-sm [overflow-wrap:anywhere]">
            {gpuLabel(rental.gpuCount, rental.gpuModel)} · {rental.machine.name}
          </p>
          {rental.observed === 'connectable' && <Use rental={rental} samples={samples} />}
          <p className="text-sm">
            {rental.endedAt === null && (
              <>
                {rental.cost.microsPerHour === 0n ? (
                  <span className="text-muted">costs nothing now</span>
                ) : (
                  <Rate rental={rental} />
                )}{' '}
                ·{' '}
              </>
            )}
            <Time rental={rental} />
          </p>
        </li>
      ))}
    </ul>
  );
}

/** What it uses while it runs; what was measured before it stopped is no longer so. */
function Use({ rental, samples }: { rental: RentalRow } & Pick<ListProps, 'samples'>) {
  const runs = rental.observed === 'connectable';
  return <UsageBars sample={runs ? samples.get(rental.id) : undefined} awaited={runs} />;
}

function State({ rental }: { rental: RentalRow }) {
  const state = shownState(rental);
  return (
    <span className="inline-flex flex-wrap items-center gap-1">
      <StateBadge kind={state.kind}>{state.word}</StateBadge>
      {rental.endLockedAt !== null && rental.endedAt === null && (
        <Badge>
          <Lock aria-hidden />
          locked
        </Badge>
      )}
    </span>
  );
}

function Spent({ rental }: { rental: RentalRow }) {
  // Of an interruptible rental what was charged above the clearing price came back.
  const estimatedMicros = rental.cost.estimatedMicros - cameBack(rental);
  // Whole cents are enough to compare; less than one is shown as it is.
  return <Money micros={estimatedMicros} cents={estimatedMicros >= 10_000n} />;
}

function Rate({ rental }: { rental: RentalRow }) {
  return rental.cost.microsPerHour === 0n ? (
    <span className="text-muted">nothing</span>
  ) : (
    <Money micros={rental.cost.microsPerHour} per="hour" />
  );
}

/** What time says of it: when it ended, how long its money lasts, or until when it can be had. */
function Time({ rental }: { rental: RentalRow }) {
  if (rental.endedAt !== null)
    return (
      <>
        ended <TimeAgo at={rental.endedAt} />
      </>
    );
  if (rental.ahead)
    return (
      <>
        begins <TimeAgo at={rental.startsAt} />
      </>
    );
  if (rental.desired === 'stopped' && rental.diskUntil !== null)
    return (
      <>
        disk goes <TimeAgo at={rental.diskUntil} />
      </>
    );
  if (rental.desired === 'running' && rental.kind === 'interruptible' && rental.reason !== 'interrupted')
    return 'until it yields';
  if (rental.cost.runwaySeconds !== null && !rental.cost.lastsToEnd) return `lasts ${lasts(rental.cost.runwaySeconds)}`;
  return (
    <>
      ends <TimeAgo at={rental.endsAt} />
    </>
  );
}
