import type { SearchParams } from '../../ask.ts';
import { QueuePage } from '../_desk/queue-page.tsx';

export const metadata = { title: 'Payments in review' };

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <QueuePage kind="payment" searchParams={searchParams} />;
}
