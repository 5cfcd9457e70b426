import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { disputeCalls } from '#components/api/dispute-calls.ts';
import { DisputeBadge } from '#components/dispute/dispute-badge.tsx';
import { DisputeThread } from '#components/dispute/dispute-thread.tsx';
import { InterruptionList } from '#components/dispute/interruption-list.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type Dispute, disputeOf, interruptionsOf } from '#lib/trust/queries/dispute.ts';
import { readInterruptions } from '#lib/trust/recorded-interruptions.ts';
import { factsOf } from './facts.tsx';
import { DecisionForm, MovePanel } from './forms.tsx';
import { Next } from './next.tsx';

export const metadata: Metadata = { title: 'Dispute' };

export default async function DisputePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { id } = await params;
  const dispute = await seen(disputeOf(actor, id, theWorld.now()));
  const recorded = readInterruptions(await interruptionsOf(actor, id));
  const { renter, host, side } = dispute;
  return (
    <>
      <PageHeader
        title={`A dispute over ${dispute.booking.name}`}
        trail={trailOf(dispute)}
        badges={<DisputeBadge dispute={dispute} />}
        lede={
          <>
            {side === 'renter' ? 'You contest' : `${renter.name} contests`} <Money micros={dispute.amountMicros} /> of
            what {dispute.about === 'use' ? 'it cost' : 'giving its window back cost'}.
          </>
        }
      />
      {dispute.state === 'open' && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <Next dispute={dispute} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Panel flush title="What was said and done">
            <DisputeThread
              disputeId={dispute.id}
              steps={dispute.steps}
              renter={side === 'renter' ? 'You' : renter.name}
              host={side === 'host' ? 'You' : host.name}
            />
          </Panel>
          {side !== 'staff' && dispute.actions.length > 0 && <MovePanel dispute={dispute} />}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {dispute.whyNotDecide === null && <DecisionForm dispute={dispute} />}
          {recorded !== null && (
            <Panel title="Interruptions found" description="By the market’s own records, when it was contested.">
              <InterruptionList interruptions={recorded.interruptions} />
              {dispute.about === 'use' && (
                <p className="mt-3 border-t pt-3 text-sm">
                  The rule proposes <Money micros={dispute.proposedMicros} />.{' '}
                  <span className="text-muted">{recorded.rule}</span>
                </p>
              )}
            </Panel>
          )}
          <Panel title="What it is about">
            <FactList facts={factsOf(dispute)} />
          </Panel>
          <AsApiCall calls={disputeCalls(dispute)} />
        </div>
      </div>
    </>
  );
}

function trailOf({ side, booking }: Dispute) {
  if (side === 'staff') return [{ href: '/admin/disputes', label: 'Disputes' }];
  const bill = { href: `/bookings/${booking.id}/bill`, label: 'Bill' };
  return side === 'renter'
    ? [{ href: '/disputes', label: 'Disputes' }, { href: `/bookings/${booking.id}`, label: booking.name }, bill]
    : [{ href: '/disputes', label: 'Disputes' }, bill];
}
