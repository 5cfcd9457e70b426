import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { HealthBadge } from '#components/machine/health-badge.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { attentionOf } from '#lib/agents/attention.ts';
import { attentionFacts } from '#lib/agents/queries/attention.ts';
import { theWorld } from '#lib/base/time.ts';
import { hostedRentals } from '#lib/bookings/queries/rentals.ts';
import { requestsForHost } from '#lib/bookings/queries/requests-for-host.ts';
import { shareOf } from '#lib/bookings/terms.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { LISTING_WORDS } from '#lib/catalogue/listing.ts';
import { blockedRenters } from '#lib/catalogue/queries/history.ts';
import { machinesOf, type OwnMachineRow } from '#lib/catalogue/queries/machines.ts';
import { earningsOf } from '#lib/ledger/queries.ts';
import { payoutsPage } from '#lib/payments/queries/payouts.ts';
import { hostWeekOf } from '#lib/receipts/queries/host-week.ts';
import { AttentionPanel } from './_host/attention-panel.tsx';
import { HostTabs } from './_host/host-tabs.tsx';
import { RentalTable } from './_host/rental-table.tsx';
import { WeekPanel } from './_host/week-panel.tsx';
import { unblock } from './actions.ts';

export const metadata: Metadata = { title: 'Host' };

export default async function HostPage() {
  const actor = await requireActor();
  const now = theWorld.now();
  const [machines, earnings, live, blocked, facts, requests, payouts, week] = await Promise.all([
    machinesOf(actor, now),
    earningsOf(actor),
    hostedRentals(actor, { state: 'live', take: 100 }, now),
    blockedRenters(actor),
    attentionFacts(actor, now),
    requestsForHost(actor, now),
    payoutsPage(actor, now),
    hostWeekOf(actor, now),
  ]);
  const attention = attentionOf(
    {
      ...facts,
      payoutProblem: payouts.account.problem,
      owesMicros: earnings.payableMicros,
      requests: requests.filter((request) => request.machines.every(({ answer }) => answer === null)).length,
    },
    now,
  );
  const gpus = machines.reduce((sum, machine) => sum + machine.gpuCount, 0);
  const taken = machines.reduce((sum, machine) => sum + machine.takenGpus, 0);
  const perHour = live.rows.reduce(
    (sum, rental) => sum + shareOf(rental.cost.microsPerHour, rental.terms.feeBasisPoints).hostMicros,
    0n,
  );
  return (
    <>
      <PageHeader
        title="Host"
        badges={<LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
        lede="Your machines, what runs on them, and what you are owed."
        actions={
          machines.length > 0 && (
            <LinkButton href="/host/new" variant="primary">
              List a machine
            </LinkButton>
          )
        }
      />
      <HostTabs current="/host" />
      <div className="space-y-6">
        {machines.length > 0 && (
          <Stats>
            <Stat label="Owed to you" value={<Money micros={earnings.payableMicros} cents />} hint="after the fee" />
            <Stat label="Earning now" value={<Money micros={perHour} per="hour" />} hint="after the fee" />
            <Stat label="GPUs rented" value={`${taken} of ${gpus}`} />
            <Stat label="Rentals" value={live.rows.length} hint="running or stopped" />
          </Stats>
        )}
        <AttentionPanel found={attention} />
        {machines.length > 0 && <WeekPanel week={week} />}
        <Panel title="Machines" flush={machines.length > 0}>
          {machines.length === 0 ? (
            <EmptyState
              kind="first"
              title="No machine yet"
              action={
                <LinkButton href="/host/new" variant="primary">
                  List a machine
                </LinkButton>
              }
            >
              Paste one line on the machine. It dials out by itself: no open port, no fixed address.
            </EmptyState>
          ) : (
            <ul>
              {machines.map((machine) => (
                <MachineLine key={machine.id} machine={machine} />
              ))}
            </ul>
          )}
        </Panel>
        {live.rows.length > 0 && (
          <Panel title="Rented and reserved" flush>
            <RentalTable rentals={live.rows} caption="Rented and reserved" showMachine />
          </Panel>
        )}
        {blocked.length > 0 && (
          <Panel title="Renters you do not rent to">
            <ul className="divide-y divide-line text-sm">
              {blocked.map((one) => (
                <li key={one.renterId} className="flex flex-wrap items-center justify-between gap-3 py-2">
                  <span className="min-w-0 [overflow-wrap:anywhere]">
                    <span className="font-medium">{one.name}</span>
                    <span className="text-muted"> · {one.reason}</span>
                  </span>
                  <ActionForm action={unblock}>
                    <input type="hidden" name="renterId" value={one.renterId} />
                    <SubmitButton variant="secondary" size="sm">
                      Unblock
                    </SubmitButton>
                  </ActionForm>
                </li>
              ))}
            </ul>
          </Panel>
        )}
        <AsApiCall calls={[hostCalls.overview(), hostCalls.machines()]} />
      </div>
    </>
  );
}

function MachineLine({ machine }: { machine: OwnMachineRow }) {
  return (
    <li className="relative flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-line border-t px-4 py-3 first:border-t-0 hover:bg-hover sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            href={`/host/machines/${machine.id}`}
            className="inline-flex min-h-6 min-w-0 items-center font-semibold [overflow-wrap:anywhere] row-cover"
          >
            {machine.name}
          </Link>
          {machine.simulated && <SimulatedBadge />}
          <TrustBadge tier={machine.trust} />
          {!machine.retired && <HealthBadge health={machine.health} lastSyncAt={machine.lastSyncAt} />}
        </div>
        <p className="text-muted text-sm">
          {machine.retired
            ? 'retired'
            : machine.gpuModel === null
              ? 'no GPU'
              : `${gpuLabel(machine.gpuCount, machine.gpuModel)} · ${machine.takenGpus} of ${machine.gpuCount} rented`}
        </p>
        {!machine.retired && machine.obstacle && <p className="text-sm text-warn-ink">{machine.obstacle}</p>}
      </div>
      <div className="text-sm sm:text-right">
        {machine.priceMicrosPerGpuHour !== null && (
          <p>
            <Money micros={machine.priceMicrosPerGpuHour} per="GPU-hour" />
          </p>
        )}
        <p className="text-muted">
          {machine.pausedUntil === null ? (
            LISTING_WORDS[machine.listingState]
          ) : (
            <>
              paused, offered again <TimeAgo at={machine.pausedUntil} />
            </>
          )}
        </p>
      </div>
    </li>
  );
}
