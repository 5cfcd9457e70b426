import type { Metadata } from 'next';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { MetricsPanel } from '#components/booking/metrics/metrics-panel.tsx';
import { shownState } from '#components/booking/state.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { metricLimits } from '#lib/telemetry/figure.ts';
import { rangeIn } from '#lib/telemetry/measure.ts';
import { metricsOf } from '#lib/telemetry/queries/metrics.ts';
import { BookingFrame } from '../_frame/booking-frame.tsx';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ metrics?: string | string[] }> };

/** For its host as well, whose machine it is. */
const load = cache(async (id: string) => seen(rentalOf(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Metrics of ${shortName((await load((await params).id)).name)}` };
}

/** What a rental uses: a tab of its renter's page, a page by itself for its host. */
export default async function MetricsPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const { id } = await params;
  const rental = await load(id);
  const range = rangeIn((await searchParams).metrics);
  const metrics = await seen(metricsOf(actor, id, { range }, theWorld.now()));
  const content = (
    <>
      {rental.startedAt === null ? (
        <Panel title="Metrics">
          <EmptyState kind="none" title="Nothing to measure yet">
            What it uses is shown here, every five seconds, once its shell answers.
          </EmptyState>
        </Panel>
      ) : (
        <MetricsPanel
          metrics={metrics}
          url={`/api/v1/bookings/${rental.id}/metrics`}
          href={`/bookings/${rental.id}/metrics`}
          live={rental.endedAt === null}
          limits={metricLimits(rental.terms)}
        />
      )}
      <AsApiCall calls={[bookingCalls.metrics(id, range)]} />
    </>
  );
  if (rental.side === 'renter')
    return (
      <BookingFrame rental={rental} tab="/metrics">
        {content}
      </BookingFrame>
    );
  const state = shownState(rental);
  return (
    <>
      <PageHeader
        title="Metrics"
        trail={[{ href: `/host/machines/${rental.machine.id}`, label: rental.machine.name }]}
        badges={
          <StateBadge kind={state.kind} since={rental.endedAt ?? rental.observedAt}>
            {state.word}
          </StateBadge>
        }
        lede={`${gpuLabel(rental.gpuCount, rental.gpuModel)} on ${rental.machine.name}, rented by ${rental.renterName}`}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{content}</div>
    </>
  );
}
