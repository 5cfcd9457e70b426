import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { RequestState } from '#components/request/request-state.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { standingRequestsOf } from '#lib/bookings/queries/standing-requests.ts';
import type { StandingListRow } from '#lib/bookings/standing-view.ts';
import { requestWords, STANDING_MODE_WORDS } from '#lib/bookings/standing-words.ts';

export const metadata: Metadata = { title: 'Standing requests' };

type Params = Promise<{ state?: string | string[]; after?: string | string[] }>;

export default async function RequestsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const past = asked.state === 'past';
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const requests = await standingRequestsOf(actor, { state: past ? 'past' : 'waiting', after }, theWorld.now());
  const here = past ? '/requests?state=past' : '/requests';
  return (
    <>
      <PageHeader
        title="Standing requests"
        lede="What you wait for. When the market has it, it is booked, or you are told, or hosts answer with a price. Nothing is set aside while it waits."
        actions={
          requests.rows.length > 0 && (
            <LinkButton href="/requests/new" variant="primary">
              New request
            </LinkButton>
          )
        }
      />
      {!past && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <BookingsTabs current="/requests" />
      <Panel
        flush
        title={past ? 'Past requests' : 'Waiting'}
        actions={
          <LinkButton size="sm" variant="ghost" href={past ? '/requests' : '/requests?state=past'}>
            {past ? 'Waiting requests' : 'Past requests'}
          </LinkButton>
        }
      >
        {requests.rows.length === 0 ? (
          <Nothing past={past} />
        ) : (
          <ul>
            {requests.rows.map((request) => (
              <RequestLine key={request.id} request={request} />
            ))}
          </ul>
        )}
      </Panel>
      <Pagination
        label="Pages of requests"
        firstHref={after === undefined ? null : here}
        nextHref={
          requests.next === null
            ? null
            : `${here}${here.includes('?') ? '&' : '?'}after=${encodeURIComponent(requests.next)}`
        }
      />
    </>
  );
}

function RequestLine({ request }: { request: StandingListRow }) {
  const over = request.closedAt;
  return (
    <li className="relative flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-line border-t px-4 py-3 first:border-t-0 hover:bg-hover sm:px-5">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            href={`/requests/${request.id}`}
            className="inline-flex min-h-6 min-w-0 items-center font-semibold [overflow-wrap:anywhere] row-cover"
          >
            {request.name}
          </Link>
          <RequestState request={request} />
          {request.openAnswers > 0 && request.actions.includes('cancel') && (
            <Badge tone="accent">{request.openAnswers === 1 ? '1 answer' : `${request.openAnswers} answers`}</Badge>
          )}
        </div>
        <p className="text-muted text-sm [overflow-wrap:anywhere]">{requestWords(request)}</p>
      </div>
      <p className="text-sm sm:text-right">
        {over === null ? (
          <>
            expires <TimeAgo at={request.startBy} />
            <span className="block text-muted">{STANDING_MODE_WORDS[request.mode]}</span>
          </>
        ) : (
          <TimeAgo at={over} />
        )}
      </p>
    </li>
  );
}

function Nothing({ past }: { past: boolean }) {
  return past ? (
    <EmptyState kind="none" title="No past requests">
      What was booked, has expired or was cancelled stands here.
    </EmptyState>
  ) : (
    <EmptyState
      kind="first"
      title="No standing requests"
      action={
        <LinkButton href="/requests/new" variant="primary">
          New request
        </LinkButton>
      }
    >
      Say what you need, for how much and until when: “an RTX 4090 under $0.30 in Europe for 8 h, any time before
      Friday”. It is booked when the market has it, or you are told, or hosts answer with a price.
    </EmptyState>
  );
}
