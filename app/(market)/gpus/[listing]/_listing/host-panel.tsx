import Link from 'next/link';
import { HealthBadge } from '#components/machine/health-badge.tsx';
import { ReliabilityFigure } from '#components/machine/reliability-figure.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** Who offers it: since when, how reliable all their machines are, how rentals on this one went, and what else they offer. */
export function HostPanel({ listing }: { listing: ListingPage }) {
  const { host, record } = listing;
  const { reliability } = host;
  return (
    <Panel title="Host" description={<span className="[overflow-wrap:anywhere]">{host.name}</span>}>
      <FactList
        facts={[
          { label: 'Here since', value: day.format(host.since) },
          { label: 'Machines', value: host.machines },
          {
            label: 'Reliability of all of them',
            value: (
              <ReliabilityFigure basisPoints={reliability.state === 'measured' ? reliability.basisPoints : null} />
            ),
            hint: 'in 30 days',
          },
          {
            label: 'Rentals of this machine',
            value: record.finishedRentals,
            hint: record.finishedRentals === 0 ? 'over in 90 days' : `over in 90 days, ${broken(record.brokenOff)}`,
          },
          ...(record.failedStarts === 0
            ? []
            : [{ label: 'Starts that it failed', value: record.failedStarts, hint: 'in 90 days; they cost nothing' }]),
          ...(listing.publishedAt === null
            ? []
            : [{ label: 'Published', value: <TimeAgo at={listing.publishedAt} /> }]),
          ...(listing.staffCheckedAt === null || listing.trust !== 'checkedByStaff'
            ? []
            : [{ label: 'Checked by staff', value: day.format(listing.staffCheckedAt) }]),
        ]}
      />
      {host.others.length > 0 && (
        <>
          <h3 className="mt-4 border-line border-b pb-1 font-semibold text-sm">Also offered by them</h3>
          <ul className="divide-y divide-line text-sm">
            {host.others.map((other) => (
              <li key={other.listingId} className="relative py-2">
                <div className="flex items-baseline justify-between gap-3">
                  <Link
                    href={`/gpus/${other.listingId}`}
                    prefetch={false}
                    className="min-w-0 font-medium [overflow-wrap:anywhere] after:absolute after:inset-0 hover:underline"
                  >
                    {gpuLabel(other.gpuCount, other.gpuModel)}
                  </Link>
                  <Money micros={other.priceMicrosPerGpuHour} per="GPU-hour" className="shrink-0" />
                </div>
                <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-muted text-xs">
                  <span className="min-w-0 [overflow-wrap:anywhere]">{other.machineName}</span>
                  {other.simulated && <SimulatedBadge />}
                  {other.health !== 'online' && <HealthBadge health={other.health} lastSyncAt={other.lastSyncAt} />}
                  <ReliabilityFigure
                    basisPoints={other.reliability.state === 'measured' ? other.reliability.basisPoints : null}
                  />
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function broken(count: number): string {
  return count === 0 ? 'none broken off by the host' : `${count} broken off by the host`;
}
