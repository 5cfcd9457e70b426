import type { Metadata } from 'next';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { RequestState } from '#components/request/request-state.tsx';
import { StandingReportView } from '#components/request/standing-report.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { commandLine } from '#lib/bookings/command-line.ts';
import { standingRequestOf } from '#lib/bookings/queries/standing-requests.ts';
import { typeSizes } from '#lib/bookings/sizes.ts';
import type { StandingView } from '#lib/bookings/standing-view.ts';
import { gpuWords, placeWords, requestWords, STANDING_MODE_WORDS, timeWords } from '#lib/bookings/standing-words.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';
import { cancel } from '../actions.ts';
import { AnswersPanel } from './answers-panel.tsx';
import { ChangeRequest } from './change-request.tsx';
import { Standing } from './standing.tsx';

type Route = { params: Promise<{ id: string }> };

const load = cache(async (id: string) => seen(standingRequestOf(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: shortName((await load((await params).id)).name) };
}

export default async function RequestPage({ params }: Route) {
  const request = await load((await params).id);
  const { report } = request;
  const { gpus, disk, hours } = typeSizes(request);
  const waits = request.actions.includes('cancel');
  // What is over has neither answers nor a market to show.
  const alone = report === null && request.mode !== 'ask' && request.answers.length === 0;
  const asked = (
    <Panel title={waits ? 'What it asks for' : 'What it asked for'}>
      <FactList facts={factsOf(request)} />
    </Panel>
  );
  return (
    <>
      <PageHeader
        title={request.name}
        trail={[
          { href: '/bookings', label: 'My bookings' },
          { href: '/requests', label: 'Standing requests' },
        ]}
        badges={<RequestState request={request} />}
        lede={`${requestWords(request)}.`}
        actions={
          waits ? (
            <div className="flex flex-wrap gap-2">
              {request.actions.includes('edit') && <ChangeRequest request={request} />}
              <ConfirmDialog
                trigger="Cancel…"
                variant="secondary"
                title="Cancel this request?"
                consequences={[
                  'Nothing will be booked for it, and its answers can no longer be accepted.',
                  'Nothing was set aside for it: no money moves.',
                ]}
                action={cancel}
                hidden={{ requestId: request.id }}
                confirmLabel="Cancel request"
                pendingLabel="Cancelling…"
              />
            </div>
          ) : (
            <LinkButton href={`/requests/new?from=${request.id}`}>Ask again</LinkButton>
          )
        }
      />
      {waits && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <Standing request={request} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        {alone ? (
          asked
        ) : (
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            {(request.mode === 'ask' || request.answers.length > 0) && <AnswersPanel request={request} />}
            {report !== null && (
              <Panel title={report.fitting.length > 0 ? 'What serves it now' : 'Why nothing has matched yet'}>
                <StandingReportView report={report} words={{ gpus, disk, hours }} />
              </Panel>
            )}
          </div>
        )}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {!alone && asked}
          <AsApiCall calls={[readingCalls.standingRequest(request.id)]} />
        </div>
      </div>
    </>
  );
}

function factsOf(request: StandingView) {
  const { leastReliabilityBasisPoints: least, command } = request;
  return [
    { label: 'GPUs', value: gpuWords(request) },
    { label: 'Where', value: placeWords(request.regions) },
    { label: 'At most', value: <Money micros={request.maxPriceMicrosPerGpuHour} per="GPU-hour" /> },
    { label: 'Spending cap', value: <Money micros={request.capMicros} />, hint: 'disk included' },
    { label: 'For', value: timeWords(request.durationSeconds) },
    { label: 'Begins by', value: exactly(request.startBy, 'UTC') },
    { label: 'Done by', value: exactly(request.finishBy, 'UTC') },
    { label: 'Disk', value: formatBytes(request.diskBytes) },
    { label: 'Checked', value: LEAST_TRUST_LABELS[request.trust] },
    ...(least === null ? [] : [{ label: 'Reliability', value: `≥ ${formatBasisPoints(least)}` }]),
    ...(request.realOnly ? [{ label: 'Simulated machines', value: 'none' }] : []),
    { label: 'When there is a match', value: STANDING_MODE_WORDS[request.mode] },
    { label: 'Image', value: <span className="font-mono text-xs">{request.image}</span> },
    ...(command === null
      ? []
      : [{ label: 'Command', value: <span className="font-mono text-xs">{commandLine(command)}</span> }]),
  ];
}
