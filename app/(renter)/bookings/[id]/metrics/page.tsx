import type { Metadata } from 'next';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { ApiHint } from '#components/booking/api-hint.tsx';
import { MetricsPanel } from '#components/booking/metrics/metrics-panel.tsx';
import { shownState } from '#components/booking/state.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { theWorld } from '#lib/base/time.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { metricLimits } from '#lib/telemetry/figure.ts';
import { rangeIn } from '#lib/telemetry/measure.ts';
import { metricsOf } from '#lib/telemetry/queries/metrics.ts';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ metrics?: string | string[] }> };

const load = cache(async (id: string) => seen(rentalOf(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Metrics of ${(await load((await params).id)).name}` };
}

/** What a rental uses, by itself: for its host as well, whose machine it is. */
export default async function MetricsPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const { id } = await params;
  const rental = await load(id);
  const metrics = await seen(metricsOf(actor, id, { range: rangeIn((await searchParams).metrics) }, theWorld.now()));
  const state = shownState(rental);
  const above =
    rental.side === 'host'
      ? { href: `/host/machines/${rental.machine.id}`, label: rental.machine.name }
      : { href: `/bookings/${rental.id}`, label: rental.name };
  return (
    <>
      <PageHeader
        title="Metrics"
        trail={[above]}
        badges={
          <StateBadge kind={state.kind} since={rental.endedAt ?? rental.observedAt}>
            {state.word}
          </StateBadge>
        }
        lede={`${gpuLabel(rental.gpuCount, rental.gpuModel)} on ${rental.machine.name}, rented by ${rental.side === 'host' ? rental.renterName : 'you'}`}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <MetricsPanel
          metrics={metrics}
          url={`/api/v1/bookings/${rental.id}/metrics`}
          href={`/bookings/${rental.id}/metrics`}
          live={rental.endedAt === null}
          limits={metricLimits(rental.terms)}
        />
        <ApiHint path={`/bookings/${rental.id}/metrics`} />
      </div>
    </>
  );
}
