import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { requestsForHost } from '#lib/bookings/queries/requests-for-host.ts';
import type { RequestForHost } from '#lib/bookings/standing-view.ts';
import { gpuWords, placeWords, timeWords } from '#lib/bookings/standing-words.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { HostTabs } from '../_host/host-tabs.tsx';
import { AnswerRow } from './answer-row.tsx';

export const metadata: Metadata = { title: 'Requests' };

export default async function HostRequestsPage() {
  const actor = await requireActor();
  const requests = await requestsForHost(actor, theWorld.now());
  return (
    <>
      <PageHeader
        title="Requests"
        lede="What renters wait for and your machines could serve. You see what they need and what they pay, not who they are; your price is for that renter only, and your listing stays as it is. If they accept, your machine is booked."
      />
      <LiveRefresh url="/api/v1/events" events={['change']} />
      <HostTabs current="/host/requests" />
      {requests.length === 0 ? (
        <Panel flush>
          <EmptyState
            kind="none"
            title="No request that your machines could serve"
            action={<LinkButton href="/host">Your machines</LinkButton>}
          >
            Only machines that are published and online are asked for, and only by requests of renters who ask hosts.
          </EmptyState>
        </Panel>
      ) : (
        <div className="space-y-6">
          {requests.map((request, at) => (
            <Request key={request.id} request={request} place={`${at + 1} of ${requests.length}`} />
          ))}
        </div>
      )}
    </>
  );
}

function Request({ request, place }: { request: RequestForHost; place: string }) {
  return (
    <Panel
      flush
      title={gpuWords(request)}
      label={`Request ${place}: ${gpuWords(request)}`}
      description={
        <>
          for {timeWords(request.durationSeconds)}, {request.regions.length === 0 ? '' : 'in '}
          {placeWords(request.regions)}, with {formatBytes(request.diskBytes)} of disk. Begins by{' '}
          {exactly(request.startBy, 'UTC')} (<TimeAgo at={request.startBy} />)
        </>
      }
      actions={
        <p className="text-sm">
          pays at most <Money micros={request.maxPriceMicrosPerGpuHour} per="GPU-hour" className="font-semibold" />
        </p>
      }
    >
      <ul>
        {request.machines.map((machine) => (
          <AnswerRow key={machine.machineId} request={request} machine={machine} />
        ))}
      </ul>
    </Panel>
  );
}
