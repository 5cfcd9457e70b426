import Link from 'next/link';
import { lasts } from '#components/booking/lasts.ts';
import { shownState } from '#components/booking/state.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import type { BurningRental } from '#lib/bookings/queries/burn.ts';

/** Where money goes now: each rental with its rate, its cap, and what is set aside for it. */
export function LiveRentalsPanel({ rentals }: { rentals: readonly BurningRental[] }) {
  if (rentals.length === 0) return null;
  return (
    <Panel
      flush
      title="What it goes to"
      description="A rental stops at its cap, or when the money ends; its disk is kept for a day."
    >
      <ul className="border-line border-t md:hidden">
        {rentals.map((rental) => (
          <li key={rental.id} className="space-y-1 border-line border-b px-4 py-3 text-sm last:border-b-0">
            <div className="flex items-start justify-between gap-3">
              <Name rental={rental} />
              <span className="shrink-0">
                <Money micros={rental.cost.microsPerHour} per="hour" />
              </span>
            </div>
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
              <State rental={rental} />
              <span>
                <Money micros={rental.cost.heldMicros} cents /> set aside
              </span>
              <span>
                {rental.capMicros === null ? (
                  'no cap'
                ) : (
                  <>
                    cap <Money micros={rental.capMicros} />
                  </>
                )}
              </span>
              {rental.cost.runwaySeconds !== null && <span>lasts {lasts(rental.cost.runwaySeconds)}</span>}
            </p>
          </li>
        ))}
      </ul>
      <div className="hidden md:block">
        <Table caption="Rentals that use your money">
          <thead>
            <tr>
              <Th>Booking</Th>
              <Th>State</Th>
              <Th numeric>Now</Th>
              <Th numeric>So far</Th>
              <Th numeric>Cap</Th>
              <Th numeric>Set aside</Th>
              <Th numeric>Lasts</Th>
            </tr>
          </thead>
          <tbody>
            {rentals.map((rental) => (
              <tr key={rental.id}>
                <Th scope="row" className="max-w-56">
                  <Name rental={rental} />
                </Th>
                <Td>
                  <State rental={rental} />
                </Td>
                <Td numeric>
                  <Money micros={rental.cost.microsPerHour} per="hour" />
                </Td>
                <Td numeric>
                  <Money micros={rental.cost.estimatedMicros} cents={rental.cost.estimatedMicros >= 10_000n} />
                </Td>
                <Td numeric>{rental.capMicros === null ? <None /> : <Money micros={rental.capMicros} />}</Td>
                <Td numeric>
                  <Money micros={rental.cost.heldMicros} cents />
                </Td>
                <Td numeric>
                  {rental.cost.runwaySeconds === null ? (
                    <span className="text-muted">—</span>
                  ) : (
                    lasts(rental.cost.runwaySeconds)
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </Panel>
  );
}

function Name({ rental }: { rental: BurningRental }) {
  return (
    <Link
      href={`/bookings/${rental.id}`}
      title={rental.name}
      className="block min-h-6 min-w-0 truncate font-medium hover:underline"
    >
      {rental.name}
    </Link>
  );
}

function State({ rental }: { rental: BurningRental }) {
  const { kind, word } = shownState(rental);
  return <StateBadge kind={kind}>{word}</StateBadge>;
}

function None() {
  return <span className="text-muted">none</span>;
}
