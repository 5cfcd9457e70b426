import { Tabs } from '#components/ui/tabs.tsx';

const ROOMS = [
  ['/admin/books', 'Trial balance'],
  ['/admin/books/accounts', 'Accounts'],
  ['/admin/books/transfers', 'Transfers'],
] as const;

/** The way between the pages of the books. */
export function BooksTabs({ current }: { current: (typeof ROOMS)[number][0] }) {
  return <Tabs label="Books" tabs={ROOMS.map(([href, label]) => ({ href, label, current: href === current }))} />;
}
