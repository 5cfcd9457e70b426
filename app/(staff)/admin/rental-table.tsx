import { shownState } from '#components/booking/state.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { liesAhead } from '#lib/bookings/booking.ts';
import { reasonTold } from '#lib/bookings/booking-words.ts';
import type { RentalRow } from '#lib/trust/queries/rentals.ts';

/** Bookings as staff see them. */
export function RentalTable({ rows }: { rows: readonly RentalRow[] }) {
  if (rows.length === 0) return <EmptyState kind="none" title="No bookings" />;
  return (
    <Table caption="Bookings" stacked>
      <thead>
        <tr>
          <Th>Booking</Th>
          <Th>Renter</Th>
          <Th>Host and machine</Th>
          <Th>State</Th>
          <Th numeric>Charged</Th>
          <Th>Made</Th>
        </tr>
      </thead>
      <tbody>
        {rows
          .map((row) => ({ row, why: reasonTold(row.reason) }))
          .map(({ row, why }) => (
            <tr key={row.id}>
              <Th scope="row" className="max-w-56 break-words">
                <LongName className="link" href={`/admin/bookings/${row.id}`} name={row.name} />
              </Th>
              <Td label="Renter" className="max-w-56 break-words">
                <LongName className="link" href={`/admin/people/${row.renter.id}`} name={row.renter.name} />
              </Td>
              <Td label="Host and machine" className="max-w-64 break-words">
                <LongName className="link" href={`/admin/people/${row.host.id}`} name={row.host.name} />
                {' · '}
                <LongName className="link" href={`/admin/machines/${row.machine.id}`} name={row.machine.name} />{' '}
                {row.machine.simulated && <SimulatedBadge />}
              </Td>
              <Td label="State">
                <RentalState row={row} />
                {why !== null && <span className="block max-w-56 text-muted text-xs">{why}</span>}
              </Td>
              <Td label="Charged" numeric>
                <Money micros={row.chargedMicros} />
              </Td>
              <Td label="Made" className="whitespace-nowrap">
                <TimeAgo at={row.createdAt} />
              </Td>
            </tr>
          ))}
      </tbody>
    </Table>
  );
}

function RentalState({ row }: { row: RentalRow }) {
  const state = shownState({ ...row, ahead: liesAhead(row, theWorld.now()) });
  return <StateBadge kind={state.kind}>{state.word}</StateBadge>;
}
