import { Tabs } from '#components/ui/tabs.tsx';

const TABS = [
  { href: '/bookings', label: 'Live' },
  { href: '/bookings?state=past', label: 'Past' },
  { href: '/bookings/calendar', label: 'Calendar' },
  { href: '/requests', label: 'Standing requests' },
  { href: '/bids', label: 'Bids' },
  { href: '/searches', label: 'Saved searches' },
] as const;

/** The parts of what a renter has booked and waits for. */
export function BookingsTabs({ current }: { current: (typeof TABS)[number]['href'] }) {
  return (
    <Tabs label="Bookings" className="mb-4" tabs={TABS.map((tab) => ({ ...tab, current: tab.href === current }))} />
  );
}
