import Link from 'next/link';
import type { ReactNode } from 'react';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { DisputeState, Ending, Outcome, Turn } from '#lib/trust/dispute.ts';
import { DisputeBadge } from './dispute-badge.tsx';

type Person = { readonly id: string; readonly name: string };
type Row = {
  readonly id: string;
  readonly turn: Turn | null;
  readonly outcome: Outcome | null;
  readonly how: Ending | null;
  readonly booking: { readonly name: string };
  readonly renter: Person;
  readonly host: Person;
  readonly amountMicros: bigint;
  readonly offeredMicros: bigint | null;
  readonly givenMicros: bigint | null;
  readonly openedAt: Date;
  readonly answerUntil: Date;
  readonly decidedAt: Date | null;
};

type DisputeTableProps = {
  rows: readonly Row[];
  state: DisputeState;
  /** How a person is shown: a name, or a link where the reader may follow it. */
  person: (who: Person) => ReactNode;
};

/** Disputes, each with both sides, how far it is, what is on the table, and until when. */
export function DisputeTable({ rows, state, person }: DisputeTableProps) {
  const open = state === 'open';
  return (
    <Table caption="Disputes" stacked>
      <thead>
        <tr>
          <Th>Booking</Th>
          <Th>Renter</Th>
          <Th>Host</Th>
          <Th>State</Th>
          <Th numeric>Contested</Th>
          <Th numeric>{open ? 'Offered' : 'Came back'}</Th>
          <Th>{open ? 'Next move' : 'Ended'}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Th scope="row" className="max-w-56 break-words">
              <Link className="link" href={`/disputes/${row.id}`} prefetch={false}>
                {row.booking.name}
              </Link>
            </Th>
            <Td label="Renter" className="max-w-48 break-words">
              {person(row.renter)}
            </Td>
            <Td label="Host" className="max-w-48 break-words">
              {person(row.host)}
            </Td>
            <Td>
              <DisputeBadge dispute={row} />
            </Td>
            <Td numeric label="Contested">
              <Money micros={row.amountMicros} />
            </Td>
            <Td numeric label={open ? 'Offered' : 'Came back'}>
              {sumOf(open ? row.offeredMicros : row.givenMicros)}
            </Td>
            <Td label={open ? 'Next move' : 'Ended'} className="whitespace-nowrap">
              <When row={row} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function sumOf(micros: bigint | null): ReactNode {
  return micros === null ? <span className="text-muted">–</span> : <Money micros={micros} />;
}

/** A deadline, how long it has waited for an admin, or when it ended. */
function When({ row }: { row: Row }) {
  if (row.decidedAt !== null) return <TimeAgo at={row.decidedAt} />;
  return (
    <>
      {row.turn === 'admin' ? 'waits since ' : ''}
      <TimeAgo at={row.answerUntil} />
    </>
  );
}
