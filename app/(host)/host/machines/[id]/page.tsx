import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { type AskedPrice, PriceAdvice } from '#components/listing/price-advice.tsx';
import { ReliabilityBars } from '#components/machine/reliability-bars.tsx';
import { ReliabilityLine } from '#components/machine/reliability-line.tsx';
import { SelfTestList } from '#components/machine/self-test-list.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { gpusOfMachine } from '#lib/bookings/queries/machine-gpus.ts';
import { hostedRentals } from '#lib/bookings/queries/rentals.ts';
import { machineEventWords } from '#lib/catalogue/event-words.ts';
import { eventsOfMachine } from '#lib/catalogue/queries/history.ts';
import { priceAdvice } from '#lib/catalogue/queries/price-advice.ts';
import { newestLooks } from '#lib/telemetry/queries/machine-metrics.ts';
import { RentalTable } from '../../_host/rental-table.tsx';
import { TestAgain } from '../../_host/test-again.tsx';
import { EventList } from './_machine/event-list.tsx';
import { GpuPanel } from './_machine/gpu-panel.tsx';
import { MachineHead } from './_machine/head.tsx';
import { ListingPanel } from './_machine/listing-panel.tsx';
import { loadMachine } from './_machine/load.ts';
import { ThreadsPanel } from './_machine/threads-panel.tsx';
import { Troubles } from './_machine/troubles.tsx';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<AskedPrice> };

export async function generateMetadata({ params }: Pick<Route, 'params'>): Promise<Metadata> {
  return { title: shortName((await loadMachine((await params).id)).name) };
}

const SHOWN_EVENTS = 12;

export default async function MachinePage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const machine = await loadMachine((await params).id);
  const now = theWorld.now();
  const [live, events, gpus, newest] = await Promise.all([
    hostedRentals(actor, { machineId: machine.id, state: 'live', take: 100 }, now),
    eventsOfMachine(actor, machine.id),
    gpusOfMachine(actor, machine.id, now),
    newestLooks(actor, machine.id, now),
  ]);
  const told = events.filter(({ kind }) => machineEventWords(kind) !== undefined).slice(0, SHOWN_EVENTS);
  return (
    <>
      <MachineHead machine={machine} tab="" />
      <div className="space-y-6">
        <Troubles machine={machine} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="min-w-0 space-y-6">
            <ListingPanel machine={machine} rentals={live.rows} now={now} />
            {machine.retiredAt === null && (
              <PriceAdvice
                advice={await priceAdvice(actor, machine.id, now)}
                asked={await searchParams}
                fieldId="price"
              />
            )}
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
          </div>
          <div className="min-w-0 space-y-6">
            <Panel
              title="Self-test"
              description="Run by the agent on this machine."
              footer={machine.retiredAt === null && <TestAgain machine={machine} now={now} />}
            >
              <SelfTestList test={machine.selfTest} fixes />
            </Panel>
          </div>
        </div>
        <ThreadsPanel actor={actor} machineId={machine.id} />
        <GpuPanel machine={machine} gpus={gpus} newest={newest} />
        {live.rows.length > 0 && (
          <Panel title="Rented and reserved" description="Each keeps the terms it was booked with." flush>
            <RentalTable rentals={live.rows} caption="Rented and reserved" listing={machine.listing} />
          </Panel>
        )}
        <Panel title="What happened">
          <EventList events={told} />
        </Panel>
        <AsApiCall
          calls={[
            hostCalls.priceAdvice(machine.id),
            hostCalls.machine(machine.id),
            hostCalls.selfTest(machine.id),
            hostCalls.testAgain(machine.id),
            hostCalls.pause(machine.id),
          ]}
        />
      </div>
    </>
  );
}
