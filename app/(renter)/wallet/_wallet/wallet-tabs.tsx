import { Tabs } from '#components/ui/tabs.tsx';

const TABS = [
  { href: '/wallet', label: 'Overview' },
  { href: '/wallet/movements', label: 'Movements' },
  { href: '/wallet/invoices', label: 'Invoices' },
  { href: '/disputes', label: 'Disputes' },
] as const;

/** The parts of a wallet. */
export function WalletTabs({ current }: { current: (typeof TABS)[number]['href'] }) {
  return <Tabs label="Wallet" className="mb-6" tabs={TABS.map((tab) => ({ ...tab, current: tab.href === current }))} />;
}
