import { duration } from '#components/ui/instant.ts';
import { pack } from '#components/ui/packed.ts';
import { WordTable } from '#components/ui/word-table.tsx';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import type { ReliabilityDay } from '#lib/catalogue/reliability.ts';
import { type DayBar, UptimeStrip } from './uptime-strip.tsx';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** What a day's bar says: share, and how long the machine was silent of how long it was offered. */
function sayDay({ startsAt, basisPoints, offeredMs, silentMs }: ReliabilityDay): string {
  if (basisPoints === null) return `${day.format(startsAt)}: not offered, so nothing is known`;
  const silent = silentMs === 0 ? 'always reachable' : `silent for ${duration(silentMs / 1_000)}`;
  const offered = offeredMs > 86_340_000 ? '' : ` of ${duration(offeredMs / 1_000)} offered`;
  return `${day.format(startsAt)}: ${formatBasisPoints(basisPoints)}, ${silent}${offered}`;
}

/**
 * Days as bars: height and colour both say how much of a day's offered time the machine answered; a day in which it was not
 * offered is a dash, not a zero. Looked through with a pointer or the arrow keys; the same in words below.
 */
export function ReliabilityBars({ days }: { days: readonly ReliabilityDay[] }) {
  const troubled = days.filter(({ basisPoints }) => basisPoints !== null && basisPoints < 10_000).toReversed();
  const known = days.filter(({ basisPoints }) => basisPoints !== null).length;
  const bars = days.map((one): DayBar => [one.basisPoints, sayDay(one)]);
  return (
    <div className="min-w-0">
      <UptimeStrip bars={pack(bars)} label={`The last ${days.length} days, day by day`} />
      <details className="mt-2 text-sm">
        <summary className="inline-flex min-h-6 items-center text-accent-ink underline decoration-accent-line underline-offset-[0.2em] hover:decoration-current">
          In words
        </summary>
        <p className="mt-2 text-muted">
          Offered on {known} of {days.length} days.{' '}
          {troubled.length === 0
            ? known === 0
              ? ''
              : 'On none of them was it silent.'
            : `Silent on ${troubled.length} of them:`}
        </p>
        {troubled.length > 0 && (
          <div className="mt-2 rounded-lg border border-line">
            <WordTable
              caption="Days on which it was silent"
              columns={['Day (UTC)', 'Reachable', 'Silent']}
              rows={pack(
                troubled.map((one) => [
                  day.format(one.startsAt),
                  formatBasisPoints(one.basisPoints ?? 0),
                  duration(one.silentMs / 1_000),
                ]),
              )}
            />
          </div>
        )}
      </details>
    </div>
  );
}
