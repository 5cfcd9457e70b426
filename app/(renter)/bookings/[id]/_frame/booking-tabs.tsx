import { requireActor } from '#app/_edge/actor.ts';
import { Tabs } from '#components/ui/tabs.tsx';
import { unreadIn } from '#lib/trust/queries/threads.ts';

/** The parts of a booking's page, each with an address of its own below `/bookings/ID`. */
const TABS = [
  ['', 'Connect'],
  ['/metrics', 'Metrics'],
  ['/logs', 'Logs'],
  ['/events', 'Events'],
  ['/messages', 'Messages'],
  ['/billing', 'Billing'],
  ['/settings', 'Settings'],
] as const;

export type BookingTab = (typeof TABS)[number][0];

export async function BookingTabs({ id, current }: { id: string; current: BookingTab }) {
  const unread = await unreadIn(await requireActor(), id);
  const tabs = TABS.map(([path, label]) => ({
    href: `/bookings/${id}${path}`,
    label,
    current: path === current,
    ...(path === '/messages' && unread > 0 ? { count: <Unread count={unread} /> } : {}),
  }));
  return <Tabs label="Parts of this booking" tabs={tabs} className="mb-6" />;
}

function Unread({ count }: { count: number }) {
  return (
    <>
      {count}
      <span className="sr-only"> unread</span>
    </>
  );
}
