import { MonthBars } from '#components/money/month-bars.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { MonthSpent } from '#lib/ledger/queries/month-spending.ts';

/** What rentals cost, month by month. Months before the first are not drawn. */
export function MonthsPanel({ months }: { months: readonly MonthSpent[] }) {
  const first = months.findIndex(({ spentMicros, refundedMicros }) => spentMicros + refundedMicros > 0n);
  const present = months.at(-1);
  if (first === -1 || present === undefined) return null;
  // Six at least, so that one month is not a wall.
  const shown = months.slice(Math.min(first, months.length - 6));
  const refunds = shown.some(({ refundedMicros }) => refundedMicros > 0n);
  return (
    <Panel
      title="Spent per month"
      description={
        <>
          This month so far: <Money micros={present.spentMicros} />
          {present.refundedMicros > 0n && (
            <>
              , and <Money micros={present.refundedMicros} /> came back
            </>
          )}
          . Months are those of UTC.
        </>
      }
    >
      <MonthBars
        caption="Spent per month"
        parts={[{ name: 'Spent', tone: 'accent' }, ...(refunds ? [{ name: 'Given back', tone: null }] : [])]}
        bars={shown.map(({ month, spentMicros, refundedMicros }) => ({
          month,
          micros: refunds ? [spentMicros, refundedMicros] : [spentMicros],
          running: month === present.month,
        }))}
      />
    </Panel>
  );
}
