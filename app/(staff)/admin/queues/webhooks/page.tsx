import type { SearchParams } from '../../ask.ts';
import { QueuePage } from '../_desk/queue-page.tsx';

export const metadata = { title: 'Webhooks given up' };

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <QueuePage kind="webhook" searchParams={searchParams} />;
}
