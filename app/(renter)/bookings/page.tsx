import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { BookingsTabs } from '#components/booking/bookings-tabs.tsx';
import { lasts } from '#components/booking/lasts.ts';
import { USAGE_EVERY_MS } from '#components/booking/usage-bars.tsx';
import { SeveralBar } from '#components/several/several-bar.tsx';
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
import { liveRentals, modelsRented, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { SEVERAL_VERBS } from '#lib/bookings/several.ts';
import { lastSamplesOf } from '#lib/telemetry/queries/last-samples.ts';
import { hrefOf, RentalFilter, readFilter } from './_list/rental-filter.tsx';
import { RentalCards, RentalTable } from './_list/rental-list.tsx';
import { BOOKING_NOUNS, BOOKING_VERBS, severalRows } from './_list/several-verbs.ts';
import { changeChosen } from './several/actions.ts';

export const metadata: Metadata = { title: 'My bookings' };

type Params = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export default async function BookingsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const filter = readFilter(asked);
  const { state, after } = filter;
  const narrowed = filter.find !== '' || filter.show !== undefined || filter.model !== undefined;
  const now = theWorld.now();
  const [rentals, burn, live, models] = await Promise.all([
    rentalsOf(actor, filter, now),
    state === 'live' ? burnOf(actor, now) : null,
    state === 'live' ? liveRentals(actor) : 0,
    modelsRented(actor),
  ]);
  const samples = await lastSamplesOf(
    actor,
    rentals.rows.flatMap(({ id, endedAt }) => (endedAt === null ? [id] : [])),
    now,
  );
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
      {state === 'live' && (
        <LiveRefresh
          url="/api/v1/events"
          events={['change']}
          // What it uses and what it has cost flow: of neither an event tells.
          everyMs={rentals.rows.some(({ observed }) => observed === 'connectable') ? USAGE_EVERY_MS : undefined}
        />
      )}
      {burn !== null && burn.rentals.length > 0 && <BurnStats burn={burn} live={live} />}
      <BookingsTabs current={state === 'past' ? '/bookings?state=past' : '/bookings'} />
      <Panel
        flush
        {...((models.length > 0 || narrowed) && {
          title: state === 'live' ? 'Live bookings' : 'Past bookings',
        })}
      >
        {(models.length > 0 || narrowed) && (
          <div className="border-line border-t px-4 py-2.5 sm:px-5">
            <RentalFilter filter={filter} models={models} />
          </div>
        )}
        {state === 'live' && rentals.rows.length > 0 && (
          <div className="border-line border-t px-4 py-2.5 sm:px-5">
            <SeveralBar
              href="/bookings/several"
              verbs={SEVERAL_VERBS.map((verb) => ({
                ...BOOKING_VERBS[verb],
                rows: severalRows(verb, rentals.rows, now),
              }))}
              nouns={BOOKING_NOUNS}
              action={changeChosen}
            />
          </div>
        )}
        {rentals.rows.length === 0 ? (
          narrowed ? (
            <EmptyState
              kind="none"
              title="No such bookings"
              action={<LinkButton href={hrefOf({ state })}>Show all of them</LinkButton>}
            >
              None of your {state === 'live' ? 'live' : 'past'} bookings passes this filter.
            </EmptyState>
          ) : (
            <Nothing state={state} />
          )
        ) : (
          <>
            <RentalCards rentals={rentals.rows} samples={samples} className="border-line border-t lg:hidden" />
            <div className="hidden lg:block">
              <RentalTable rentals={rentals.rows} samples={samples} past={state === 'past'} />
            </div>
          </>
        )}
      </Panel>
      <Pagination
        label="Pages of bookings"
        firstHref={after === undefined ? null : hrefOf({ ...filter, after: undefined })}
        nextHref={rentals.next === null ? null : hrefOf({ ...filter, after: rentals.next })}
      />
      <div className="mt-6">
        <AsApiCall
          calls={[
            bookingCalls.list(state),
            ...(rentals.rows.length > 0 && state === 'live'
              ? [
                  bookingCalls.several(
                    'stop',
                    rentals.rows.slice(0, 3).map(({ id }) => id),
                  ),
                ]
              : []),
          ]}
        />
      </div>
    </>
  );
}

/** What everything that lives costs together, what runs jobs included, and how long the money carries it. */
function BurnStats({ burn, live }: { burn: Burn; live: number }) {
  const ofJobs = burn.rentals.length - live;
  return (
    <Stats className="mb-6">
      <Stat
        label="Live"
        value={live}
        hint={
          ofJobs > 0 && (
            <>
              and{' '}
              <Link href="/jobs" className="link">
                {ofJobs === 1 ? 'one that runs a job' : `${ofJobs} that run jobs`}
              </Link>
            </>
          )
        }
      />
      <Stat
        label="Together"
        value={<Money micros={burn.microsPerHour} per="hour" cents={burn.microsPerHour >= 1_000_000n} />}
      />
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
