import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { PayoutRow } from '#lib/payments/queries/payouts.ts';
import { PayoutBadge } from './payout-badge.tsx';

const OCCASIONS = { weekly: 'weekly', demand: 'asked for' } as const;

/** Every payout there was, newest first: a table where there is room, lines where there is not. */
export function HistoryPanel({ rows }: { rows: readonly PayoutRow[] }) {
  return (
    <Panel title="History" flush>
      {rows.length === 0 ? (
        <EmptyState kind="first" title="No payouts yet">
          What you earn is paid out weekly, or when you ask for it. Each payout stands here with its state.
        </EmptyState>
      ) : (
        <>
          <ul className="border-line border-t md:hidden">
            {rows.map((row) => (
              <li key={row.id} className="space-y-1 border-line border-b px-4 py-2.5 text-sm last:border-b-0">
                <p className="flex flex-wrap items-center justify-between gap-2">
                  <PayoutBadge row={row} />
                  <Money micros={row.amountMicros} />
                </p>
                <p className="text-muted text-xs">
                  {OCCASIONS[row.occasion]} · <TimeAgo at={row.createdAt} />
                </p>
                <Trouble row={row} />
              </li>
            ))}
          </ul>
          <div className="hidden md:block">
            <Table caption="Payouts">
              <thead>
                <tr>
                  <Th>When</Th>
                  <Th>Occasion</Th>
                  <Th>State</Th>
                  <Th numeric>Amount</Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <Td className="whitespace-nowrap">
                      <TimeAgo at={row.createdAt} />
                    </Td>
                    <Td>{OCCASIONS[row.occasion]}</Td>
                    <Td>
                      <PayoutBadge row={row} />
                      <Trouble row={row} />
                    </Td>
                    <Td numeric>
                      <Money micros={row.amountMicros} />
                    </Td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </div>
        </>
      )}
    </Panel>
  );
}

function Trouble({ row }: { row: PayoutRow }) {
  const partly = row.returnedMicros > 0n && row.returnedMicros < row.amountMicros;
  if (row.failure === null && !partly) return null;
  return (
    <p className="mt-1 text-muted text-xs [overflow-wrap:anywhere]">
      {partly && (
        <>
          <Money micros={row.returnedMicros} /> of it came back.{' '}
        </>
      )}
      {row.failure}
    </p>
  );
}
