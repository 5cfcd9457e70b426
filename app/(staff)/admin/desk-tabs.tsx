import { Tabs } from '#components/ui/tabs.tsx';

const ROOMS = [
  ['/admin', 'Overview'],
  ['/admin/machines', 'Machines'],
  ['/admin/people', 'People'],
  ['/admin/bookings', 'Bookings'],
  ['/admin/disputes', 'Disputes'],
  ['/admin/books', 'Books'],
  ['/admin/payments', 'Payments'],
  ['/admin/reconciliation', 'Reconciliation'],
  ['/admin/audit', 'Audit log'],
  ['/admin/health', 'Health'],
] as const;

/** The way between the pages of staff. */
export function DeskTabs({ current }: { current: (typeof ROOMS)[number][0] }) {
  return <Tabs label="Admin" tabs={ROOMS.map(([href, label]) => ({ href, label, current: href === current }))} />;
}
