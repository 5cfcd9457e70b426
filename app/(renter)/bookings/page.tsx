import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { lasts } from '#components/booking/lasts.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type Burn, burnOf } from '#lib/bookings/queries/burn.ts';
import { rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { RentalCards, RentalTable } from './_list/rental-list.tsx';

export const metadata: Metadata = { title: 'My bookings' };

type Params = Promise<{ state?: string | string[]; after?: string | string[] }>;

export default async function BookingsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state = asked.state === 'past' ? 'past' : 'live';
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const now = theWorld.now();
  const [rentals, burn] = await Promise.all([
    rentalsOf(actor, { state, after }, now),
    state === 'live' ? burnOf(actor, now) : null,
  ]);
  const here = state === 'past' ? '/bookings?state=past' : '/bookings';
  return (
    <>
      <PageHeader
        title="My bookings"
        actions={
          rentals.rows.length > 0 && (
            <LinkButton href="/gpus" variant="primary">
              Rent GPUs
            </LinkButton>
          )
        }
      />
      {state === 'live' && <LiveRefresh url="/api/v1/events" events={['change']} />}
      {burn !== null && burn.rentals.length > 0 && <BurnStats burn={burn} />}
      <BookingsTabs current={state === 'past' ? '/bookings?state=past' : '/bookings'} />
      <Panel flush>
        {rentals.rows.length === 0 ? (
          <Nothing state={state} />
        ) : (
          <>
            <RentalCards rentals={rentals.rows} className="lg:hidden" />
            <div className="hidden lg:block">
              <RentalTable rentals={rentals.rows} past={state === 'past'} />
            </div>
          </>
        )}
      </Panel>
      <Pagination
        label="Pages of bookings"
        firstHref={after === undefined ? null : here}
        nextHref={
          rentals.next === null
            ? null
            : `${here}${here.includes('?') ? '&' : '?'}after=${encodeURIComponent(rentals.next)}`
        }
      />
    </>
  );
}

/** What everything that lives costs together, and how long the money carries it. */
function BurnStats({ burn }: { burn: Burn }) {
  return (
    <Stats className="mb-6">
      <Stat label="Live" value={burn.rentals.length} />
      <Stat label="Together" value={<Money micros={burn.microsPerHour} per="hour" />} />
      <Stat label="Set aside for them" value={<Money micros={burn.heldMicros} cents />} />
      <Stat
        label="The money lasts"
        value={burn.runwaySeconds === null ? '—' : lasts(burn.runwaySeconds)}
        hint={burn.runwaySeconds === null ? 'caps stop what runs' : 'until the first one stops, at this rate'}
      />
    </Stats>
  );
}

function Nothing({ state }: { state: 'live' | 'past' }) {
  return state === 'past' ? (
    <EmptyState kind="none" title="No past bookings">
      What has ended stands here, with its bill.
    </EmptyState>
  ) : (
    <EmptyState
      kind="first"
      title="Nothing booked"
      action={
        <LinkButton href="/gpus" variant="primary">
          Find a GPU
        </LinkButton>
      }
    >
      Pick a GPU, and a few seconds later you have a shell on it. Billed by the second, and nothing before you can
      connect.
    </EmptyState>
  );
}
