import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { ThreadTable } from '#components/thread/thread-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { threadsOf } from '#lib/trust/queries/threads.ts';

export const metadata = { title: 'Messages' };

type Search = Promise<{ show?: string | string[]; after?: string | string[] }>;

export default async function ThreadsPage({ searchParams }: { searchParams: Search }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const unread = asked.show === 'unread';
  const after = typeof asked.after === 'string' && /^\w{1,64}$/.test(asked.after) ? asked.after : undefined;
  const threads = await threadsOf(actor, { unread, after });
  const here = unread ? '/messages?show=unread' : '/messages';
  return (
    <>
      <PageHeader title="Messages" lede="What you and the other side of your rentals wrote to each other." />
      <LiveRefresh url="/api/v1/events" events={['change']} />
      <Tabs
        label="Messages"
        className="mb-4"
        tabs={[
          { href: '/messages', label: 'All', current: !unread },
          { href: '/messages?show=unread', label: 'Unread', current: unread },
        ]}
      />
      {threads.rows.length === 0 ? (
        <Panel flush>
          <EmptyState kind={unread ? 'none' : 'first'} title={unread ? 'Nothing is unread' : 'No messages yet'}>
            {!unread && (
              <p>Write to a host on the page of your booking, or to a renter from the page of your machine.</p>
            )}
          </EmptyState>
        </Panel>
      ) : (
        <Panel flush>
          <ThreadTable rows={threads.rows} />
        </Panel>
      )}
      <Pagination
        label="Pages of messages"
        firstHref={after === undefined ? null : here}
        nextHref={threads.next === null ? null : `${here}${unread ? '&' : '?'}after=${threads.next}`}
      />
      <AsApiCall calls={[bookingCalls.threads()]} />
    </>
  );
}
