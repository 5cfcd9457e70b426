import type { Metadata } from 'next';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { CalendarNav } from '#components/calendar/calendar-nav.tsx';
import { DayKey, DayList, type Shown } from '#components/calendar/day-list.tsx';
import { FeedPanel } from '#components/calendar/feed-panel.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { calendarFeeds } from '#lib/bookings/queries/calendar-feeds.ts';
import { hoursWords } from '#lib/catalogue/calendar-rules.ts';
import { type CalendarView, dayStrips, shownDays } from '#lib/catalogue/day-strips.ts';
import { pausedUntil } from '#lib/catalogue/pause.ts';
import { type MachineCalendar, machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { dayAt, isDay } from '#lib/catalogue/wall-clock.ts';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';
import { BlocksPanel } from './blocks-panel.tsx';
import { MaintenancePanel } from './maintenance-panel.tsx';
import { askedMaintenance } from './outlook.ts';
import { RulesForm } from './rules-form.tsx';

type Route = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

const load = cache(async (id: string, view: CalendarView, from: string | null) => {
  const actor = await requireActor();
  const now = theWorld.now();
  // The zone of the calendar says which days a week has.
  const found = await seen(machineCalendar(actor, id, { from: now, until: new Date(now.getTime() + 1) }, now));
  const days = shownDays({ view, from, zone: found.calendar.zone }, now);
  return { now, days, found: await machineCalendar(actor, id, days, now) };
});

const asked = (params: Readonly<Record<string, string | string[] | undefined>>) => ({
  view: params.view === 'month' ? ('month' as const) : ('week' as const),
  from: typeof params.from === 'string' && isDay(params.from) ? params.from : null,
});

export async function generateMetadata({ params, searchParams }: Route): Promise<Metadata> {
  const { view, from } = asked(await searchParams);
  return { title: `Calendar of ${shortName((await load((await params).id, view, from)).found.machineName)}` };
}

export default async function MachineCalendarPage({ params, searchParams }: Route) {
  const { id } = await params;
  const query = await searchParams;
  const { view, from } = asked(query);
  const { now, days, found } = await load(id, view, from);
  const { calendar } = found;
  const paused = pausedUntil(calendar.blocks, now);
  const actor = await requireActor();
  const [machine, maintenance, feeds] = await Promise.all([
    loadMachine(id),
    askedMaintenance(actor, found, query, now),
    calendarFeeds(actor),
  ]);
  const strips = dayStrips(calendar.zone, days.first, days.count, shownOf(found));
  return (
    <>
      <MachineHead
        machine={machine}
        tab="/calendar"
        badges={
          <Badge tone={found.isOpen ? 'good' : 'neutral'}>
            {paused !== null ? 'paused' : found.isOpen ? 'open now' : 'closed now'}
          </Badge>
        }
        lede={<Lede found={found} />}
      />
      <div className="space-y-6">
        <Panel
          title={view === 'week' ? 'This week and what is booked' : 'Four weeks and what is booked'}
          description={`Days and times are those of ${calendar.zone}. Each bar is a day from 00:00 to 24:00.`}
          flush
        >
          <div className="space-y-3 border-line border-b px-4 py-3 sm:px-5">
            <CalendarNav path={`/host/machines/${id}/calendar`} view={view} days={days} />
            <DayKey kinds={['open', 'booked', 'reserved', 'interruptible', 'block', 'maintenance', 'pause']} />
          </div>
          <DayList days={strips} today={dayAt(calendar.zone, now.getTime())} label="Days" />
        </Panel>
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
          <RulesForm machineId={id} calendar={calendar} />
          <div className="min-w-0 space-y-6">
            <MaintenancePanel found={found} asked={maintenance} />
            <BlocksPanel found={found} now={now} />
            <FeedPanel machineId={id} feed={feeds.find(({ machineId }) => machineId === id) ?? null} />
          </div>
        </div>
      </div>
    </>
  );
}

function Lede({ found }: { found: MachineCalendar }) {
  const { calendar } = found;
  const hours = calendar.hours.length === 0 ? 'Open always' : calendar.hours.map(hoursWords).join(' · ');
  return (
    <>
      {hours} ({calendar.zone}).{' '}
      {found.isOpen && found.closesAt !== null && (
        <>
          Next closed <TimeAgo at={found.closesAt} />.
        </>
      )}
      {!found.isOpen && found.nextOpening !== null && (
        <>
          Opens <TimeAgo at={found.nextOpening} />.
        </>
      )}
    </>
  );
}

function shownOf({ open, blocks, bookings }: MachineCalendar): Shown[] {
  return [
    ...open.map((span): Shown => ({ ...span, kind: 'open' })),
    ...blocks.map((block): Shown => ({ ...block, name: block.note })),
    ...bookings.map((booking): Shown => {
      const kind = booking.kind === 'reserved' || booking.kind === 'interruptible' ? booking.kind : 'booked';
      const gpus = `${booking.gpuCount} GPU${booking.gpuCount === 1 ? '' : 's'}`;
      return { ...booking, kind, more: [gpus, booking.renterName] };
    }),
  ];
}
