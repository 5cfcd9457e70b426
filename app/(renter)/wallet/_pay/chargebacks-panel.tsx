import { Callout } from '#components/ui/callout.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Micros } from '#lib/base/money.ts';
import { type ChargebackState, uncoveredSentence } from '#lib/payments/chargeback.ts';
import type { ChargebackRow } from '#lib/payments/queries/chargebacks.ts';

const LOOKS: Record<ChargebackState, [StateKind, string]> = {
  open: ['waiting', 'the bank decides'],
  won: ['done', 'yours again'],
  lost: ['failed', 'gone'],
};

/** Payments that banks took back, and what follows. Not shown where there never was one. */
export function ChargebacksPanel({ rows, missingMicros }: { rows: readonly ChargebackRow[]; missingMicros: Micros }) {
  if (rows.length === 0) return null;
  return (
    <Panel flush title="Taken back by banks">
      {missingMicros > 0n && (
        <div className="px-4 pb-4 sm:px-5">
          <Callout tone="bad" title="Money is missing">
            {uncoveredSentence(missingMicros)}
          </Callout>
        </div>
      )}
      <ul className="border-line border-t">
        {rows.map((row) => (
          <li key={row.id} className="border-line border-b px-4 py-2.5 text-sm sm:px-5 last:border-b-0">
            <div className="flex items-baseline justify-between gap-3">
              <Money micros={row.amountMicros} />
              <StateBadge kind={LOOKS[row.state][0]}>{LOOKS[row.state][1]}</StateBadge>
            </div>
            <p className="mt-0.5 flex flex-wrap gap-x-3 text-muted text-xs">
              <TimeAgo at={row.createdAt} />
              <span>{row.reason.replaceAll('_', ' ')}</span>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
