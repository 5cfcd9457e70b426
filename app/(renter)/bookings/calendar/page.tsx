import type { Metadata } from 'next';
import { requireActor, signedInUser } from '#app/_edge/actor.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { CalendarNav } from '#components/calendar/calendar-nav.tsx';
import { DayKey, DayList, type Shown } from '#components/calendar/day-list.tsx';
import { FeedPanel } from '#components/calendar/feed-panel.tsx';
import { ZoneForm } from '#components/calendar/zone-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { calendarFeeds } from '#lib/bookings/queries/calendar-feeds.ts';
import { type RenterBooking, renterCalendar } from '#lib/bookings/queries/renter-calendar.ts';
import { dayStrips, shownDays } from '#lib/catalogue/day-strips.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { dayAt, isDay, isZone, zones } from '#lib/catalogue/wall-clock.ts';

export const metadata: Metadata = { title: 'Calendar of my bookings' };

type Params = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export default async function BookingsCalendarPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const own = (await signedInUser())?.preferences.timeZone ?? 'UTC';
  const view = asked.view === 'month' ? 'month' : 'week';
  const zone = typeof asked.zone === 'string' && isZone(asked.zone) ? asked.zone : own;
  const from = typeof asked.from === 'string' && isDay(asked.from) ? asked.from : null;
  const now = theWorld.now();
  const days = shownDays({ view, from, zone }, now);
  const [rows, feeds] = await Promise.all([renterCalendar(actor, days), calendarFeeds(actor)]);
  const strips = dayStrips(zone, days.first, days.count, rows.map(shown));
  return (
    <>
      <PageHeader
        title="My bookings"
        actions={
          <LinkButton href="/gpus" variant="primary">
            Rent GPUs
          </LinkButton>
        }
      />
      <LiveRefresh url="/api/v1/events" events={['change']} />
      <BookingsTabs current="/bookings/calendar" />
      <Panel
        title={view === 'week' ? 'One week' : 'Four weeks'}
        description={`Days and times are those of ${zone}. Each bar is a day from 00:00 to 24:00.`}
        actions={<ZoneForm zone={zone} zones={zones()} keep={{ view, ...(from === null ? {} : { from }) }} />}
        flush
      >
        <div className="space-y-3 border-line border-b px-4 py-3 sm:px-5">
          <CalendarNav path="/bookings/calendar" view={view} days={days} keep={{ zone }} />
          <DayKey kinds={['booked', 'reserved', 'interruptible']} />
        </div>
        {rows.length === 0 ? (
          <EmptyState kind="none" title="Nothing in this time">
            What you rent and what you reserve stands here. Windows that lie ahead are reserved on the page of an offer.
          </EmptyState>
        ) : (
          <DayList days={strips} today={dayAt(zone, now.getTime())} label="Days" />
        )}
      </Panel>
      <div className="mt-6">
        <FeedPanel machineId={null} feed={feeds.find(({ machineId }) => machineId === null) ?? null} />
      </div>
    </>
  );
}

function shown(booking: RenterBooking): Shown {
  const kind = booking.kind === 'onDemand' ? 'booked' : booking.kind;
  const gpus = gpuLabel(booking.gpuCount, booking.gpuModel);
  return { ...booking, kind, more: [gpus], href: `/bookings/${booking.bookingId}` };
}
