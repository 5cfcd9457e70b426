import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { DayLine } from '#lib/ledger/queries/movements.ts';
import { DaysOfMovements } from './movements.tsx';

/** What moved last, a line for each day, reason and booking. */
export function LatestPanel({ rows, ever }: { rows: readonly DayLine[]; ever: boolean }) {
  return (
    <Panel
      flush
      title="Movements this month"
      actions={
        ever && (
          <LinkButton href="/wallet/movements" size="sm">
            All movements
          </LinkButton>
        )
      }
    >
      {rows.length > 0 ? (
        <DaysOfMovements rows={rows} side="renter" />
      ) : ever ? (
        <EmptyState kind="none" title="Nothing moved this month">
          Earlier months stand among all movements.
        </EmptyState>
      ) : (
        <EmptyState kind="first" title="No movements yet">
          Money that you add, set aside and spend appears here.
        </EmptyState>
      )}
    </Panel>
  );
}
