import Link from 'next/link';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dateWords } from '#lib/base/date-words.ts';
import type { AccountKind } from '#lib/ledger/account.ts';
import type { DayLine, MoneySide, TransferRow } from '#lib/ledger/queries/movements.ts';
import { TRANSFER_KINDS, type TransferKind } from '#lib/ledger/transfer.ts';

/** A line of a list of movements: one movement, or all of a day for one reason. */
type Line = {
  readonly key: string;
  /** An instant, or a day in words. */
  readonly when: Date | string;
  readonly kind: TransferKind | 'use';
  readonly account: AccountKind;
  readonly amountMicros: bigint;
  readonly bookingId: string | null;
  readonly bookingName: string | null;
  readonly note: string | null;
};

/** Each movement of the ledger. */
export function Movements({ rows, side }: { rows: readonly TransferRow[]; side: MoneySide }) {
  const lines = rows.map(({ id, at, reason, ...row }): Line => ({ ...row, key: id, when: at, note: reason }));
  return <Lines lines={lines} side={side} caption="Movements of your accounts" />;
}

/** The same, summed by day, kind and booking. */
export function DaysOfMovements({ rows, side }: { rows: readonly DayLine[]; side: MoneySide }) {
  const lines = rows.map(({ day, transfers, ...row }): Line => {
    const note = transfers === 1 ? null : `${transfers.toLocaleString('en')} movements`;
    return { ...row, key: `${day} ${row.kind} ${row.account} ${row.bookingId}`, when: dayWords(day), note };
  });
  return <Lines lines={lines} side={side} caption="Movements of your accounts by day" />;
}

/** Money that came and went: a table where there is room, lines where there is not. */
function Lines({ lines, side, caption }: { lines: readonly Line[]; side: MoneySide; caption: string }) {
  return (
    <>
      <ul className="border-line border-t md:hidden">
        {lines.map((line) => (
          <li
            key={line.key}
            className="flex items-start justify-between gap-3 border-line border-b px-4 py-2.5 text-sm last:border-b-0"
          >
            <div className="min-w-0">
              <What line={line} />
              <p className="flex flex-wrap items-center gap-x-3 text-muted text-xs">
                <When line={line} />
                {line.bookingId !== null && <Booking line={line} side={side} />}
              </p>
            </div>
            <Money micros={line.amountMicros} signed className="shrink-0" />
          </li>
        ))}
      </ul>
      <div className="hidden md:block">
        <Table caption={caption}>
          <thead>
            <tr>
              <Th>When</Th>
              <Th>What</Th>
              <Th>Booking</Th>
              <Th numeric>Amount</Th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.key}>
                <Td className="whitespace-nowrap">
                  <When line={line} />
                </Td>
                <Td>
                  <What line={line} />
                </Td>
                <Td className="max-w-48">
                  <Booking line={line} side={side} />
                </Td>
                <Td numeric>
                  <Money micros={line.amountMicros} signed />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function When({ line }: { line: Line }) {
  return typeof line.when === 'string' ? <span className="tabular">{line.when}</span> : <TimeAgo at={line.when} />;
}

function What({ line }: { line: Line }) {
  const notes = [
    ...(line.account === 'renterHolds' ? ['out of what was set aside'] : []),
    ...(line.note === null ? [] : [line.note]),
  ];
  return (
    <>
      {line.kind === 'use' ? 'Use, fee included' : TRANSFER_KINDS[line.kind]}
      {notes.length > 0 && (
        <span className="block text-muted text-xs [overflow-wrap:anywhere]">{notes.join(' · ')}</span>
      )}
    </>
  );
}

function Booking({ line, side }: { line: Line; side: MoneySide }) {
  if (line.bookingId === null) return <span className="text-muted">—</span>;
  return (
    <Link
      className="link relative block min-w-0 truncate"
      title={line.bookingName ?? undefined}
      href={side === 'host' ? `/bookings/${line.bookingId}/bill` : `/bookings/${line.bookingId}`}
      prefetch={false}
    >
      <span className="sr-only">booking </span>
      {line.bookingName ?? line.bookingId.slice(-8)}
    </Link>
  );
}

/** "23 Nov 2026" of "2026-11-23". */
function dayWords(day: string): string {
  return dateWords('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}
