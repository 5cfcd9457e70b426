import { Tabs } from '#components/ui/tabs.tsx';

/** The parts of a booking's page, each with an address of its own below `/bookings/ID`. */
const TABS = [
  ['', 'Connect'],
  ['/metrics', 'Metrics'],
  ['/logs', 'Logs'],
  ['/events', 'Events'],
  ['/billing', 'Billing'],
  ['/settings', 'Settings'],
] as const;

export type BookingTab = (typeof TABS)[number][0];

export function BookingTabs({ id, current }: { id: string; current: BookingTab }) {
  const tabs = TABS.map(([path, label]) => ({ href: `/bookings/${id}${path}`, label, current: path === current }));
  return <Tabs label="Parts of this booking" tabs={tabs} className="mb-6" />;
}
