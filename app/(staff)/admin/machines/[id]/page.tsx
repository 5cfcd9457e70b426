import type { Metadata } from 'next';
import { cache } from 'react';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { MetricsPanel } from '#components/booking/metrics/metrics-panel.tsx';
import { SelfTestList } from '#components/machine/self-test-list.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { OnThisPage } from '#components/ui/on-this-page.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName, wordOf } from '#lib/base/words.ts';
import { LISTING_WORDS } from '#lib/catalogue/listing.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { rangeIn } from '#lib/telemetry/measure.ts';
import { machineHealthForStaff } from '#lib/telemetry/queries/machine-metrics.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { machineForStaff } from '#lib/trust/queries/machines.ts';
import { findRentals } from '#lib/trust/queries/rentals.ts';
import { selfTest } from '#protocol/specification.ts';
import { AuditTable } from '../../audit-table.tsx';
import { RentalTable } from '../../rental-table.tsx';
import { Decisions } from './decisions.tsx';

/** Read once for a request: the title of the page is its name, too. */
const load = cache(async (id: string) => seen(machineForStaff(await requireAdminPage(), id)));

export async function generateMetadata({ params }: Pick<Route, 'params'>): Promise<Metadata> {
  return { title: shortName((await load((await params).id)).name) };
}

const BOOKINGS_SHOWN = 10;
const EVENTS_SHOWN = 20;

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ metrics?: string | string[] }> };

export default async function StaffMachinePage({ params, searchParams }: Route) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const range = rangeIn((await searchParams).metrics);
  const machine = await load(id);
  const [rentals, trail, metrics] = await Promise.all([
    findRentals(actor, { text: '', live: false, machineId: id, take: BOOKINGS_SHOWN }),
    auditTrail(actor, { about: id, byPeople: false, take: EVENTS_SHOWN }),
    machineHealthForStaff(actor, id, { range }, theWorld.now()),
  ]);
  const { listing } = machine;
  const tested = selfTest.safeParse(machine.selfTest).data;
  return (
    <>
      <PageHeader
        title={machine.name}
        trail={[{ href: '/admin/machines', label: 'Machines' }]}
        badges={
          <>
            {machine.simulated && <SimulatedBadge />}
            {listing !== null && listing.suspendedAt !== null && <Badge tone="bad">suspended</Badge>}
            {machine.retiredAt !== null && <Badge>retired</Badge>}
          </>
        }
        lede={
          machine.gpus.length === 0
            ? 'No GPU'
            : `${machine.gpus.length} × ${machine.gpus[0]?.model ?? ''}, ${formatBytes(machine.gpus[0]?.vramBytes ?? 0n)} each`
        }
        actions={<Decisions machine={machine} />}
      />
      <OnThisPage
        parts={[
          { id: 'facts', label: 'Facts' },
          { id: 'self-test', label: 'Self-test' },
          { id: 'metrics', label: 'Metrics' },
          { id: 'bookings', label: 'Bookings' },
          { id: 'history', label: 'What happened' },
        ]}
      />
      {machine.identityCopiedAt !== null && (
        <Callout tone="bad" title="Two machines use this identity">
          Nothing can be booked until the host uninstalls the agent on one of them and enrols it anew.
        </Callout>
      )}
      {listing !== null && listing.suspendedAt !== null && (
        <Callout tone="bad" title="Suspended">
          {listing.suspendedReason} · <TimeAgo at={listing.suspendedAt} />
        </Callout>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <Panel id="facts" title="Facts">
          <FactList
            facts={[
              { label: 'Id', value: <span className="break-all font-mono text-xs">{machine.id}</span> },
              {
                label: 'Host',
                value: <LongName className="link" href={`/admin/people/${machine.host.id}`} name={machine.host.name} />,
              },
              {
                label: 'Last heard',
                value: machine.lastSyncAt === null ? 'never' : <TimeAgo at={machine.lastSyncAt} />,
              },
              { label: 'Enrolled', value: <TimeAgo at={machine.enrolledAt} /> },
              { label: 'Listing', value: wordOf(LISTING_WORDS, listing?.state ?? 'none') },
              ...(listing === null
                ? []
                : [{ label: 'Price', value: <Money micros={listing.priceMicrosPerGpuHour} per="GPU-hour" /> }]),
              {
                label: 'Approved',
                value: listing?.approvedAt == null ? 'not by staff' : <TimeAgo at={listing.approvedAt} />,
              },
              {
                label: 'Checked by staff',
                value: machine.staffCheckedAt === null ? 'no' : <TimeAgo at={machine.staffCheckedAt} />,
              },
            ]}
          />
        </Panel>
        <Panel id="self-test" title="Self-test">
          <SelfTestList test={tested ?? null} />
        </Panel>
      </div>
      <MetricsPanel
        metrics={metrics}
        url={`/api/v1/admin/machines/${id}/metrics`}
        href={`/admin/machines/${id}`}
        live={machine.retiredAt === null}
        gpusOnly
        description="What the GPUs do while nobody rents them, every 30 seconds, kept for 24 hours. While one is rented its figures are its renter’s and its host’s, and the line is broken."
      />
      <Panel
        id="bookings"
        title="Bookings"
        flush
        actions={
          rentals.next !== null && (
            <LinkButton size="sm" variant="ghost" href={`/admin/bookings?q=${encodeURIComponent(machine.name)}`}>
              All of them
            </LinkButton>
          )
        }
      >
        <RentalTable rows={rentals.rows} />
      </Panel>
      <Panel
        id="history"
        title="What happened"
        flush
        actions={
          trail.next !== null && (
            <LinkButton size="sm" variant="ghost" href={`/admin/audit?about=${id}`}>
              All of it
            </LinkButton>
          )
        }
      >
        <AuditTable rows={trail.rows} />
      </Panel>
    </>
  );
}
