import { shownState } from '#components/booking/state.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { pack } from '#components/ui/packed.ts';
import { theWorld } from '#lib/base/time.ts';
import { liesAhead } from '#lib/bookings/booking.ts';
import { reasonTold } from '#lib/bookings/booking-words.ts';
import type { RentalRow } from '#lib/trust/queries/rentals.ts';
import { type RentalLine, RentalLines } from './rental-lines.tsx';

/** Bookings as staff see them. */
export function RentalTable({ rows }: { rows: readonly RentalRow[] }) {
  if (rows.length === 0) return <EmptyState kind="none" title="No bookings" />;
  const now = theWorld.now();
  return <RentalLines lines={pack(rows.map((row) => rentalLine(row, now)))} now={now.toISOString()} />;
}

function rentalLine(row: RentalRow, now: Date): RentalLine {
  const why = reasonTold(row.reason);
  return {
    id: row.id,
    name: row.name,
    renter: [row.renter.id, row.renter.name],
    host: [row.host.id, row.host.name],
    machine: [row.machine.id, row.machine.name],
    ...(row.machine.simulated && { simulated: true }),
    state: shownState({ ...row, ahead: liesAhead(row, now) }),
    ...(why !== null && { why }),
    charged: row.chargedMicros.toString(),
    made: row.createdAt.toISOString(),
  };
}
