import { InfoTip } from '#components/ui/info-tip.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { OCCUPANCY_SENTENCE } from '#lib/catalogue/occupancy.ts';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { type OccupancyDay, PROJECTION_SENTENCE } from '#lib/receipts/host-week.ts';
import type { HostWeek } from '#lib/receipts/queries/host-week.ts';

const dayName = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' });
const share = (day: OccupancyDay) => (day.basisPoints === null ? 'not offered' : formatBasisPoints(day.basisPoints));

/** This week's occupancy day by day, and this month's money so far and as it is booked. */
export function WeekPanel({ week }: { week: HostWeek }) {
  return (
    <Panel
      title={
        <span className="inline-flex items-center gap-1.5">
          This week <InfoTip about="occupancy" text={`${OCCUPANCY_SENTENCE} Days are those of UTC.`} />
        </span>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-5 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <figure className="min-w-0">
          <figcaption className="text-muted text-sm">Rented share of the GPU-time that was offered</figcaption>
          {/* The bars repeat the list: height is the share, and a day without an offer is a dash. */}
          <ol className="mt-2 grid grid-cols-7 gap-1.5">
            {week.days.map((day) => (
              <li key={day.startsAt.toISOString()} className="min-w-0 text-center text-xs">
                <span aria-hidden className="flex h-20 items-end rounded-sm bg-sunken">
                  {day.basisPoints !== null && (
                    <span
                      className="w-full rounded-sm bg-good-ink"
                      style={{ height: `${Math.max(2, day.basisPoints / 100)}%` }}
                    />
                  )}
                </span>
                <span className="mt-1 block text-muted">{dayName.format(day.startsAt)}</span>
                <span className="tabular block">
                  <span aria-hidden>{day.basisPoints === null ? '–' : `${Math.round(day.basisPoints / 100)} %`}</span>
                  <span className="sr-only">{share(day)}</span>
                </span>
              </li>
            ))}
          </ol>
        </figure>
        <div className="min-w-0 space-y-3">
          <dl className="space-y-3">
            <div>
              <dt className="text-muted text-sm">Earned this month, so far</dt>
              <dd className="tabular font-semibold text-xl">
                <Money micros={week.netThisMonthMicros} cents />
              </dd>
            </div>
            <div>
              <dt className="inline-flex items-center gap-1.5 text-muted text-sm">
                With what is booked <InfoTip about="what is booked" text={PROJECTION_SENTENCE} />
              </dt>
              <dd className="tabular font-semibold text-xl">
                <Money micros={week.projectedNetMicros} cents />
              </dd>
            </div>
          </dl>
          <p className="text-muted text-xs">
            Both after the fee of the market.{' '}
            <a className="link" href="/host/earnings">
              Month by month
            </a>
          </p>
        </div>
      </div>
    </Panel>
  );
}
