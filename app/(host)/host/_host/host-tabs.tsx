import { Tabs } from '#components/ui/tabs.tsx';

const TABS = [
  { href: '/host', label: 'Machines' },
  { href: '/host/requests', label: 'Requests' },
  { href: '/host/earnings', label: 'Earnings' },
  { href: '/host/payouts', label: 'Payouts' },
] as const;

/** The parts of what a host has here. */
export function HostTabs({ current }: { current: (typeof TABS)[number]['href'] }) {
  return <Tabs label="Host" className="mb-6" tabs={TABS.map((tab) => ({ ...tab, current: tab.href === current }))} />;
}
