import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { eventsOfBooking } from '#lib/events/queries.ts';
import { BookingFrame } from '../_frame/booking-frame.tsx';
import { type BookingRoute, loadRental, titleOf } from '../_frame/load.ts';
import { EventsPanel } from '../events-panel.tsx';

export const generateMetadata = (route: BookingRoute) => titleOf(route, 'Events');

export default async function EventsTab({ params }: BookingRoute) {
  const { id } = await params;
  const [rental, events] = await Promise.all([loadRental(id), eventsOfBooking(await requireActor(), id)]);
  return (
    <BookingFrame rental={rental} tab="/events">
      <EventsPanel events={events} />
      <AsApiCall calls={[bookingCalls.events(id)]} />
    </BookingFrame>
  );
}
