import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { HealthBadge } from '#components/machine/health-badge.tsx';
import { ReliabilityBars } from '#components/machine/reliability-bars.tsx';
import { ReliabilityLine } from '#components/machine/reliability-line.tsx';
import { SelfTestList } from '#components/machine/self-test-list.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { defaultJobOf } from '#lib/agents/queries/default-job.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { hostedRentals } from '#lib/bookings/queries/rentals.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { machineEventWords } from '#lib/catalogue/event-words.ts';
import { eventsOfMachine } from '#lib/catalogue/queries/history.ts';
import { machineOf, type OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { RentalTable } from '../../_host/rental-table.tsx';
import { BidsPanel } from './bids-panel.tsx';
import { DefaultJobPanel } from './default-job-panel.tsx';
import { GpuPanel } from './gpu-panel.tsx';
import { ListingPanel } from './listing-panel.tsx';
import { NamePanel } from './name-panel.tsx';
import { SpecificationPanel } from './specification-panel.tsx';
import { ThreadsPanel } from './threads-panel.tsx';
import { Troubles } from './troubles.tsx';

type Route = { params: Promise<{ id: string }> };

const load = cache(async (id: string): Promise<OwnMachine> => {
  const actor = await requireActor();
  try {
    return await machineOf(actor, id, theWorld.now());
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'notFound') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: (await load((await params).id)).name };
}

export default async function MachinePage({ params }: Route) {
  const actor = await requireActor();
  const machine = await load((await params).id);
  const now = theWorld.now();
  const [live, past, events, job] = await Promise.all([
    hostedRentals(actor, { machineId: machine.id, state: 'live', take: 100 }, now),
    hostedRentals(actor, { machineId: machine.id, state: 'past', take: 20 }, now),
    eventsOfMachine(actor, machine.id),
    defaultJobOf(actor, machine.id),
  ]);
  return (
    <>
      <PageHeader
        title={machine.name}
        trail={[{ href: '/host', label: 'Host' }]}
        badges={
          <>
            {machine.simulated && <SimulatedBadge />}
            <TrustBadge tier={machine.trust} />
            {machine.retiredAt === null && <HealthBadge health={machine.health} lastSyncAt={machine.lastSyncAt} />}
            <LiveRefresh url="/api/v1/events" events={['change']} showStatus />
          </>
        }
        lede={`${placeLabel(machine.region, machine.country)} · agent ${machine.agentVersion}`}
        actions={
          <>
            {machine.retiredAt === null && (
              <LinkButton href={`/host/machines/${machine.id}/calendar`}>Calendar</LinkButton>
            )}
            {machine.listing?.state === 'published' && (
              <LinkButton href={`/gpus/${machine.listing.id}`}>See it as a renter</LinkButton>
            )}
          </>
        }
      />
      <div className="space-y-6">
        <Troubles machine={machine} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="min-w-0 space-y-6">
            <ListingPanel machine={machine} now={now} />
            <BidsPanel machine={machine} />
            {machine.retiredAt === null && <DefaultJobPanel machineId={machine.id} job={job} />}
            <SpecificationPanel machine={machine} />
          </div>
          <div className="min-w-0 space-y-6">
            <Panel title="Self-test" description="Run by the agent on this machine.">
              <SelfTestList test={machine.selfTest} fixes />
            </Panel>
            <Panel
              title="Reliability"
              actions={
                <Link href="/reliability" className="link inline-flex min-h-6 items-center text-sm">
                  How it is measured
                </Link>
              }
            >
              <ReliabilityLine reliability={machine.reliability} />
              <ReliabilityBars days={machine.reliabilityDays} />
            </Panel>
            <NamePanel machine={machine} />
          </div>
        </div>
        <ThreadsPanel actor={actor} machineId={machine.id} />
        <GpuPanel machine={machine} />
        {live.rows.length > 0 && (
          <Panel title="Rented now" description="Each keeps the terms it was booked with." flush>
            <RentalTable rentals={live.rows} caption="Rented now" />
          </Panel>
        )}
        {past.rows.length > 0 && (
          <Panel title="Rented before" flush>
            <RentalTable rentals={past.rows} caption="Rented before" />
          </Panel>
        )}
        <Panel title="What happened">
          <ol className="space-y-2 text-sm">
            {events.map((event) => {
              const words = machineEventWords(event.kind);
              return (
                words !== undefined && (
                  <li key={event.id.toString()} className="flex flex-wrap justify-between gap-x-4">
                    <span className="min-w-0 [overflow-wrap:anywhere]">
                      {words}
                      {event.actor !== null && event.actor !== '' && (
                        <span className="text-muted"> · {event.actor}</span>
                      )}
                      {event.reason !== null && <span className="text-muted"> · “{event.reason}”</span>}
                    </span>
                    <span className="text-muted">
                      <TimeAgo at={event.createdAt} />
                    </span>
                  </li>
                )
              );
            })}
          </ol>
        </Panel>
      </div>
    </>
  );
}
