import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { wordsOf } from '#components/booking/book-href.ts';
import { LogsPanel } from '#components/booking/logs-panel.tsx';
import { NearOffers } from '#components/booking/near-offers.tsx';
import { ReviewNudge } from '#components/review/review-nudge.tsx';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { theWorld } from '#lib/base/time.ts';
import { hasFailed, phaseTimes } from '#lib/bookings/phase.ts';
import { readPort } from '#lib/bookings/ports.ts';
import { bidOf } from '#lib/bookings/queries/bids.ts';
import { logsOf } from '#lib/bookings/queries/logs.ts';
import { machineRecord } from '#lib/catalogue/queries/machine-record.ts';
import { nearestOffers } from '#lib/catalogue/queries/search.ts';
import { eventsOfBooking } from '#lib/events/queries.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { seenPortsOf } from '#lib/telemetry/queries/ports.ts';
import { reviewNudge } from '#lib/trust/queries/own-reviews.ts';
import { CountersignPanel } from '../../_countersign/countersign-panel.tsx';
import { BookingFrame } from './_frame/booking-frame.tsx';
import { type BookingRoute, loadRental, titleOf } from './_frame/load.ts';
import { told } from './_frame/told.ts';
import { BidPanel } from './bid-panel.tsx';
import { CannotStart } from './cannot-start.tsx';
import { ConnectPanel } from './connect-panel.tsx';
import { NoWayIn } from './no-way-in.tsx';
import { Phases } from './phases.tsx';
import { PortsPanel } from './ports-panel.tsx';
import { RentedPanel } from './rented-panel.tsx';
import { ReservedPanel } from './reserved-panel.tsx';

type Route = BookingRoute & { readonly searchParams: Promise<{ port?: string | string[] }> };

export const generateMetadata = (route: BookingRoute) => titleOf(route);

/** The first tab: from booking to shell, and the way in once there is one. */
export default async function ConnectTab({ params, searchParams }: Route) {
  const actor = await requireActor();
  const { id } = await params;
  const { port } = await searchParams;
  const rental = await loadRental(id);
  const live = rental.endedAt === null;
  const failed = hasFailed(rental);
  const preparing = rental.desired === 'running' && rental.observed !== 'connectable' && !rental.ahead;
  // What a container prints on its way up, or on its way down, belongs to what is waited for here.
  const printed = preparing || failed;
  const now = theWorld.now();
  const [events, logs, keys, agreed, bid, record, near, seen] = await Promise.all([
    eventsOfBooking(actor, id),
    printed ? logsOf(actor, id, {}) : null,
    clientKeysOf(actor),
    countersigningOf(actor, id, 999_999_999),
    rental.kind === 'interruptible' ? bidOf(actor, { bookingId: id }).catch(() => null) : null,
    preparing ? machineRecord(rental.machine.id, now) : null,
    failed && rental.job === null ? nearestOffers(actor, rental.listingId, rental.gpuCount, now) : [],
    rental.connect === null ? null : seenPortsOf(actor, id, now),
  ]);
  return (
    <BookingFrame
      rental={rental}
      tab=""
      aside={
        <>
          {bid !== null && <BidPanel bid={bid} />}
          <RentedPanel rental={rental} />
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
          <AsApiCall calls={[bookingCalls.see(id), ...(rental.connect === null ? [] : [bookingCalls.ports(id)])]} />
        </>
      }
    >
      {!live && <ReviewNudge bookingId={id} nudge={await reviewNudge(actor, id, theWorld.now())} />}
      {rental.start !== null && rental.start.whyNot !== null && <CannotStart rental={rental} start={rental.start} />}
      {rental.cancellation !== null && <ReservedPanel rental={rental} cancellation={rental.cancellation} />}
      {(preparing || failed) && (
        <Phases rental={rental} events={events} usualSeconds={record?.medianStartSeconds ?? null} />
      )}
      {near.length > 0 && (
        <NearOffers
          offers={near}
          words={{ ...wordsOf(rental), hours: '', cap: '' }}
          description={`Image, name and sizes come along.${rental.hasEnvironment ? ' Environment variables were sealed to that machine alone: type them again.' : ''}`}
        />
      )}
      {rental.connect !== null ? (
        <>
          <ConnectPanel
            connection={rental.connect}
            simulated={rental.machine.simulated}
            executes={rental.executes}
            readyAfter={phaseTimes(events).all}
          />
          {rental.executes && (
            <PortsPanel
              bookingId={id}
              connection={rental.connect}
              seen={seen}
              asked={typeof port === 'string' ? readPort(port) : null}
            />
          )}
        </>
      ) : (
        !preparing && !failed && <NoWayIn rental={rental} />
      )}
      {logs !== null && (
        <LogsPanel
          url={`/api/v1/bookings/${id}/logs`}
          href={`/bookings/${id}/logs`}
          live={live}
          first={logs.map(told)}
        />
      )}
    </BookingFrame>
  );
}
