import { MonthBars } from '#components/money/month-bars.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { EarningSpan, Earnings } from '#lib/receipts/earnings.ts';

/** What was earned month by month: the span that was asked for, and for comparison what came before it. */
export function EarningsChart({ around, span }: { around: Earnings; span: EarningSpan }) {
  const last = around.months.at(-1);
  const refunds = around.months.some((month) => month.refundedMicros !== 0n);
  const contested = around.months.some((month) => month.contestedMicros !== 0n);
  return (
    <Panel title="Per month" description="Each bar is what renters paid in that month, for all machines together.">
      <MonthBars
        caption="Earned per month"
        parts={[
          { name: 'Net', tone: 'accent' },
          { name: 'Refunds', tone: refunds ? 'warn' : null },
          ...(contested ? [{ name: 'Contested', tone: 'info' } as const] : []),
          { name: 'Fee', tone: 'quiet' },
        ]}
        bars={around.months.map((line) => ({
          month: line.month,
          micros: [line.netMicros, line.refundedMicros, ...(contested ? [line.contestedMicros] : []), line.feeMicros],
          outside: line.month < span.from,
          running: around.running && line === last,
        }))}
      />
    </Panel>
  );
}
