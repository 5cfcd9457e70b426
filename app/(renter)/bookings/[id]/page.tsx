import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { ApiHint } from '#components/booking/api-hint.tsx';
import { bookAgainHref } from '#components/booking/book-href.ts';
import { LogsPanel } from '#components/booking/logs-panel.tsx';
import { MetricsPanel } from '#components/booking/metrics/metrics-panel.tsx';
import { shownState } from '#components/booking/state.ts';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { isBefore, theWorld } from '#lib/base/time.ts';
import { commandLine } from '#lib/bookings/command-line.ts';
import { hasFailed, phaseTimes } from '#lib/bookings/phase.ts';
import { bidOf } from '#lib/bookings/queries/bids.ts';
import { logsOf, searchLogs } from '#lib/bookings/queries/logs.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { stoppedCost } from '#lib/bookings/terms.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { eventsOfBooking } from '#lib/events/queries.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { metricLimits } from '#lib/telemetry/figure.ts';
import { rangeIn } from '#lib/telemetry/measure.ts';
import { idleGuardOf } from '#lib/telemetry/queries/idle.ts';
import { metricsOf } from '#lib/telemetry/queries/metrics.ts';
import { CountersignPanel } from '../../_countersign/countersign-panel.tsx';
import { EndingSoon } from '../../_extend/ending-soon.tsx';
import { ThreadPanel } from '../../_thread/thread-panel.tsx';
import { BidPanel } from './bid-panel.tsx';
import { CannotStart } from './cannot-start.tsx';
import { ConnectPanel } from './connect-panel.tsx';
import { CostPanel } from './cost-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { IdlePanel } from './idle-panel.tsx';
import { Phases } from './phases.tsx';
import { RentalActions } from './rental-actions.tsx';
import { ReservedPanel } from './reserved-panel.tsx';

/** What its renter did is no warning to them. */
const BY_RENTER: ReadonlySet<string> = new Set(['renterStopped', 'idleStopped', 'renterEnded']);

type Params = Promise<{ id: string }>;
type Search = Promise<{ metrics?: string | string[]; find?: string | string[] }>;

/** As the API tells it: what islands take. */
const told = <Row extends { readonly at: Date }>(row: Row) => ({ ...row, at: row.at.toISOString() });

/** The viewer's own rental; hosts and staff have pages of their own. */
const load = cache(async (id: string) => {
  const rental = await seen(rentalOf(await requireActor(), id, theWorld.now()));
  if (rental.side !== 'renter') notFound();
  return rental;
});

export async function generateMetadata({ params }: { params: Params }) {
  return { title: (await load((await params).id)).name };
}

export default async function BookingPage({ params, searchParams }: { params: Params; searchParams: Search }) {
  const actor = await requireActor();
  const { id } = await params;
  const asked = await searchParams;
  const range = rangeIn(asked.metrics);
  const text = typeof asked.find === 'string' ? asked.find.trim().slice(0, 200) : '';
  const rental = await load(id);
  const [events, logs, keys, agreed, metrics, found, guard, bid] = await Promise.all([
    eventsOfBooking(actor, id),
    logsOf(actor, id, {}),
    clientKeysOf(actor),
    countersigningOf(actor, id, 999_999_999),
    metricsOf(actor, id, { range }, theWorld.now()),
    text === '' ? null : searchLogs(actor, id, { text }),
    idleGuardOf(actor, id),
    rental.kind === 'interruptible' ? bidOf(actor, { bookingId: id }).catch(() => null) : null,
  ]);
  const state = shownState(rental);
  const live = rental.endedAt === null;
  const failed = hasFailed(rental);
  const preparing = rental.desired === 'running' && rental.observed !== 'connectable';
  return (
    <>
      <PageHeader
        title={rental.name}
        trail={
          rental.job === null
            ? [{ href: '/bookings', label: 'My bookings' }]
            : [
                { href: '/jobs', label: 'Jobs' },
                { href: `/jobs/${rental.job.arrayId}/${rental.job.index}`, label: 'Its job' },
              ]
        }
        badges={
          <>
            <StateBadge
              kind={state.kind}
              since={rental.endedAt ?? (rental.ahead ? rental.createdAt : rental.observedAt)}
            >
              {state.word}
            </StateBadge>
            {rental.machine.simulated && <SimulatedBadge />}
          </>
        }
        lede={`${gpuLabel(rental.gpuCount, rental.gpuModel)} on ${rental.machine.name}`}
        actions={<RentalActions rental={rental} stoppedMicrosPerDay={stoppedCost(rental.terms, 86_400)} />}
      />
      {live && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <EndingSoon actor={actor} rental={rental} />
      {preparing && live && rental.kind !== 'reserved' && isBefore(theWorld.now(), rental.startsAt) && (
        <Callout title={`It begins at ${exactly(rental.startsAt, 'UTC')}`} className="mb-6">
          Somebody with an interruptible rental has its GPUs until then, and was told to yield. Nothing is billed before
          you can connect.
        </Callout>
      )}
      {rental.sentence !== null && !failed && (
        <Callout
          tone={live && !BY_RENTER.has(rental.reason ?? '') ? 'warn' : 'info'}
          title={rental.sentence}
          className="mb-6"
          action={
            !live && (
              <LinkButton size="sm" href={bookAgainHref(rental)}>
                Book again
              </LinkButton>
            )
          }
        >
          {rental.reasonDetail}
        </Callout>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {rental.start !== null && rental.start.whyNot !== null && (
            <CannotStart rental={rental} start={rental.start} />
          )}
          {rental.cancellation !== null && <ReservedPanel rental={rental} cancellation={rental.cancellation} />}
          {((preparing && !rental.ahead) || failed) && <Phases rental={rental} events={events} />}
          {rental.connect !== null && (
            <ConnectPanel
              connection={rental.connect}
              simulated={rental.machine.simulated}
              executes={rental.executes}
              readyAfter={phaseTimes(events).all}
            />
          )}
          {rental.startedAt !== null && (
            <MetricsPanel
              metrics={metrics}
              url={`/api/v1/bookings/${rental.id}/metrics`}
              href={`/bookings/${rental.id}`}
              live={live}
              limits={metricLimits(rental.terms)}
            />
          )}
          <LogsPanel
            url={`/api/v1/bookings/${rental.id}/logs`}
            href={`/bookings/${rental.id}`}
            live={live}
            first={logs.map(told)}
            found={found && { text, total: found.total, rows: found.rows.map(told) }}
          />
          <ThreadPanel actor={actor} bookingId={rental.id} />
          <EventsPanel events={events} />
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <CostPanel rental={rental} />
          {bid !== null && <BidPanel bid={bid} />}
          {(live || agreed.latest >= 0) && (
            <CountersignPanel
              bookingId={rental.id}
              account={agreed.account}
              knownKeys={keys.map(({ key }) => key)}
              agreed={agreed.countersigned?.sequence ?? null}
              latest={agreed.latest}
              over={!live}
            />
          )}
          {live && <IdlePanel bookingId={rental.id} guard={guard} running={rental.desired === 'running'} />}
          <Panel title="What you rent">
            <FactList
              facts={[
                { label: 'Image', value: <span className="font-mono text-xs">{rental.image}</span> },
                ...(rental.command === null
                  ? []
                  : [
                      {
                        label: 'Command',
                        value: <span className="font-mono text-xs">{commandLine(rental.command)}</span>,
                      },
                    ]),
                { label: 'GPUs', value: gpuLabel(rental.gpuCount, rental.gpuModel) },
                {
                  label: 'CPU and memory',
                  value: `${(rental.terms.limits.cpuMillis / 1000).toFixed(1).replace(/\.0$/, '')} threads, ${formatBytes(rental.terms.limits.memoryBytes)}`,
                },
                { label: 'Disk', value: formatBytes(rental.terms.diskBytes) },
                { label: 'Machine', value: rental.machine.name },
                { label: 'Host', value: rental.hostName },
                { label: 'Place', value: placeLabel(rental.machine.region, rental.machine.country) },
              ]}
            />
          </Panel>
          <ApiHint path={`/bookings/${rental.id}`} />
        </div>
      </div>
    </>
  );
}
