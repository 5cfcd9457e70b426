'use client';

import type { Shown } from '#components/booking/state.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { type Packed, unpack } from '#components/ui/packed.ts';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TickingAgo } from '#components/ui/ticking.tsx';

type Named = readonly [id: string, name: string];

/** What a row says of a booking: words only. */
export type RentalLine = {
  readonly id: string;
  readonly name: string;
  readonly renter: Named;
  readonly host: Named;
  readonly machine: Named;
  readonly simulated?: boolean;
  readonly state: Shown;
  readonly why?: string;
  /** Micro-dollars, in digits. */
  readonly charged: string;
  /** An ISO 8601 instant. */
  readonly made: string;
};

/** Fifty bookings are fifty times the same markup: drawn in the browser as well, they travel as their words. */
export function RentalLines({ lines, now }: { lines: Packed<readonly RentalLine[]>; now: string }) {
  const first = new Date(now);
  const link = (path: string, [id, name]: Named) => (
    <LongName className="link" href={`/admin/${path}/${id}`} name={name} />
  );
  return (
    <Table caption="Bookings" stacked>
      <thead>
        <tr>
          <Th>Booking</Th>
          <Th>Renter</Th>
          <Th>Host and machine</Th>
          <Th>State</Th>
          <Th numeric>Charged</Th>
          <Th numeric>Made</Th>
        </tr>
      </thead>
      <tbody>
        {unpack(lines).map((line) => (
          <tr key={line.id}>
            <Th scope="row" className="max-w-56 break-words">
              {link('bookings', [line.id, line.name])}
            </Th>
            <Td label="Renter" className="max-w-56 break-words">
              {link('people', line.renter)}
            </Td>
            <Td label="Host and machine" className="max-w-64 break-words">
              {link('people', line.host)}
              {' · '}
              {link('machines', line.machine)} {line.simulated && <SimulatedBadge />}
            </Td>
            <Td label="State">
              <StateBadge kind={line.state.kind}>{line.state.word}</StateBadge>
              {line.why !== undefined && <span className="block max-w-56 text-muted text-xs">{line.why}</span>}
            </Td>
            <Td label="Charged" numeric>
              <Money micros={line.charged} />
            </Td>
            <Td label="Made" numeric>
              <TickingAgo at={line.made} first={first} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
