import type { SearchParams } from '../../ask.ts';
import { QueuePage } from '../_desk/queue-page.tsx';

export const metadata = { title: 'Payouts on hold' };

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <QueuePage kind="payout" searchParams={searchParams} />;
}
