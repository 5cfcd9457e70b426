import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { DisputeBadge } from '#components/booking/dispute-badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type Dispute, disputeOf } from '#lib/trust/queries/disputes.ts';
import { AnswerForm, DecisionForm } from './forms.tsx';
import { Said } from './said.tsx';

export const metadata: Metadata = { title: 'Dispute' };

export default async function DisputePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { id } = await params;
  const dispute = await seen(disputeOf(actor, id, theWorld.now()));
  const open = dispute.state === 'open';
  return (
    <>
      <PageHeader
        title={<>A dispute over {dispute.booking.name}</>}
        trail={trailOf(dispute)}
        badges={<DisputeBadge dispute={dispute} />}
        lede={
          <>
            {dispute.renter.name} contests <Money micros={dispute.amountMicros} /> of what it cost.
          </>
        }
      />
      {open && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <Next dispute={dispute} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Said who="The renter contests" text={dispute.reason} at={dispute.openedAt} nothing="" />
          <Said
            who="The host says"
            text={dispute.hostSays}
            at={dispute.hostSaidAt}
            nothing={open ? 'Nothing yet.' : 'Nothing was said.'}
          />
          {dispute.renterSays !== null && (
            <Said who="The renter adds" text={dispute.renterSays} at={dispute.renterSaidAt} nothing="" />
          )}
          {dispute.decision !== null && (
            <Said who="The decision" text={dispute.decision} at={dispute.decidedAt} nothing="" />
          )}
          {dispute.side !== 'staff' && dispute.whyNotAnswer === null && <AnswerForm dispute={dispute} />}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          {dispute.whyNotDecide === null && <DecisionForm dispute={dispute} />}
          <Panel title="What it is about">
            <FactList facts={factsOf(dispute)} />
          </Panel>
          <AsApiCall calls={[readingCalls.dispute(dispute.id)]} />
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

/** What happens next, and when. */
function Next({ dispute }: { dispute: Dispute }) {
  if (dispute.state === 'decided') {
    const { outcome, givenMicros } = dispute;
    return (
      <Callout tone="info" className="mb-6" title="It is decided.">
        {outcome === 'none' ? (
          <p>Nothing came back to the renter. What was contested went back to host and platform.</p>
        ) : (
          <p>
            <Money micros={givenMicros ?? 0n} /> came back to the renter, as a credit on the bill and in the public log.
            {outcome === 'part' && ' The rest went back to host and platform.'}
          </p>
        )}
      </Callout>
    );
  }
  const wait = dispute.side === 'staff' ? dispute.whyNotDecide : null;
  return (
    <Callout tone={dispute.side === 'host' && dispute.hostSaidAt === null ? 'warn' : 'info'} className="mb-6">
      {dispute.hostSaidAt === null ? (
        <p>The host can answer until {exactly(dispute.answerUntil, 'UTC')}. Then an admin decides, answered or not.</p>
      ) : (
        <p>The host has answered. An admin decides next.</p>
      )}
      <p>Until then the money is kept apart: neither side has it.</p>
      {wait !== null && <p>{wait}</p>}
    </Callout>
  );
}

function factsOf(dispute: Dispute) {
  const { booking, side } = dispute;
  const href = side === 'staff' ? `/admin/bookings/${booking.id}` : `/bookings/${booking.id}/bill`;
  return [
    {
      label: side === 'staff' ? 'Booking' : 'Bill',
      value: (
        <Link className="link" href={href}>
          {booking.name}
        </Link>
      ),
    },
    ...(side === 'staff'
      ? [
          {
            label: 'Bill',
            value: (
              <Link className="link" href={`/bookings/${booking.id}/bill`}>
                with its statements
              </Link>
            ),
          },
          {
            label: 'Money',
            value: (
              <Link className="link" href={`/admin/books/transfers?cause=${dispute.id}`}>
                its transfers
              </Link>
            ),
          },
        ]
      : []),
    { label: 'Renter', value: dispute.renter.name },
    { label: 'Host', value: dispute.host.name },
    { label: 'Contested', value: <Money micros={dispute.amountMicros} /> },
    { label: 'Of which the host’s', value: <Money micros={dispute.hostMicros} /> },
    { label: 'Of which the platform’s', value: <Money micros={dispute.feeMicros} /> },
    { label: 'Opened', value: <TimeAgo at={dispute.openedAt} /> },
  ];
}
