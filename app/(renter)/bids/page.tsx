import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { bidsOf } from '#lib/bookings/queries/bids.ts';
import { BidList } from './bid-list.tsx';

export const metadata: Metadata = { title: 'My bids' };

type Params = Promise<{ state?: string | string[]; after?: string | string[] }>;

export default async function BidsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state = asked.state === 'closed' ? 'closed' : 'open';
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const bids = await bidsOf(actor, { state, after });
  const here = state === 'closed' ? '/bids?state=closed' : '/bids';
  return (
    <>
      <PageHeader
        title="My bids"
        lede={
          <>
            Bids for GPUs that nobody has booked.{' '}
            <Link href="/interruptible" className="link">
              Prices, odds and rules
            </Link>
          </>
        }
        actions={
          bids.rows.length > 0 && (
            <LinkButton href="/bids/new" variant="primary">
              Bid for GPUs
            </LinkButton>
          )
        }
      />
      {state === 'open' && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <BookingsTabs current="/bids" />
      <Panel
        flush
        title={state === 'open' ? 'Open bids' : 'Past bids'}
        actions={
          <LinkButton size="sm" variant="ghost" href={state === 'open' ? '/bids?state=closed' : '/bids'}>
            {state === 'open' ? 'Past bids' : 'Open bids'}
          </LinkButton>
        }
      >
        {bids.rows.length === 0 ? (
          <EmptyState
            kind={state === 'open' ? 'first' : 'none'}
            title={state === 'open' ? 'No open bids' : 'No past bids'}
            action={
              state === 'open' && (
                <LinkButton href="/bids/new" variant="primary">
                  Bid for GPUs
                </LinkButton>
              )
            }
          >
            {state === 'open'
              ? 'Say what a GPU-hour is worth to you. It runs while that is enough, and yields to whoever books or pays more.'
              : 'What you took back, and what has ended, stands here.'}
          </EmptyState>
        ) : (
          <BidList bids={bids.rows} />
        )}
      </Panel>
      <Pagination
        label="Pages of bids"
        firstHref={after === undefined ? null : here}
        nextHref={
          bids.next === null ? null : `${here}${here.includes('?') ? '&' : '?'}after=${encodeURIComponent(bids.next)}`
        }
      />
    </>
  );
}
