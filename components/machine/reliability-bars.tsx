import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import type { ReliabilityDay } from '#lib/catalogue/reliability.ts';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

function sayDay(one: ReliabilityDay): string {
  const share = one.basisPoints === null ? 'not offered' : formatBasisPoints(one.basisPoints);
  return `${day.format(one.startsAt)}: ${share}`;
}

/** Thirty days as bars: height and colour both say how much of the day's offered time the machine answered. The list below says it in words. */
export function ReliabilityBars({ days }: { days: readonly ReliabilityDay[] }) {
  const troubled = days.filter((one) => one.basisPoints !== null && one.basisPoints < 10_000);
  return (
    <div>
      <div aria-hidden className="flex h-12 items-end gap-px">
        {days.map((one) => (
          <span
            key={one.startsAt.toISOString()}
            title={sayDay(one)}
            className={`min-w-0 flex-1 rounded-xs ${barLook(one.basisPoints)}`}
            style={{ height: `${one.basisPoints === null ? 8 : Math.max(10, one.basisPoints / 100)}%` }}
          />
        ))}
      </div>
      <div aria-hidden className="mt-1 flex justify-between text-muted text-xs">
        <span>30 days ago</span>
        <span>today</span>
      </div>
      <p className="sr-only">
        {troubled.length === 0
          ? 'No day with silence in the last 30 days.'
          : `Days with silence: ${troubled.map(sayDay).join('; ')}.`}
      </p>
    </div>
  );
}

function barLook(basisPoints: number | null): string {
  if (basisPoints === null) return 'bg-line';
  if (basisPoints >= 9_900) return 'bg-good-ink';
  return basisPoints >= 9_000 ? 'bg-warn-ink' : 'bg-bad-ink';
}
