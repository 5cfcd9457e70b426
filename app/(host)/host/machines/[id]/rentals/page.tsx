import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { hostedRentals } from '#lib/bookings/queries/rentals.ts';
import { EDITS_TOUCH_LATER_BOOKINGS } from '#lib/catalogue/listing.ts';
import { RentalTable } from '../../../_host/rental-table.tsx';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ after?: string | string[] }> };

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Contracts of ${shortName((await loadMachine((await params).id)).name)}` };
}

/** What is, will be and was rented on a machine, each with the terms that were frozen when it was booked. */
export default async function MachineRentalsPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const machine = await loadMachine((await params).id);
  const now = theWorld.now();
  const asked = (await searchParams).after;
  const after = typeof asked === 'string' ? asked.slice(0, 64) : undefined;
  const path = `/host/machines/${machine.id}/rentals`;
  const [live, past] = await Promise.all([
    hostedRentals(actor, { machineId: machine.id, state: 'live', take: 100 }, now),
    hostedRentals(actor, { machineId: machine.id, state: 'past', take: 25, after }, now),
  ]);
  const ahead = live.rows.filter((rental) => rental.ahead).toReversed();
  const present = live.rows.filter((rental) => !rental.ahead);
  const { listing } = machine;
  return (
    <>
      <MachineHead machine={machine} tab="/rentals" lede={EDITS_TOUCH_LATER_BOOKINGS} />
      <div className="space-y-6">
        <Panel title="Rented now" flush={present.length > 0}>
          {present.length === 0 ? (
            <EmptyState
              kind="none"
              title="Nothing is rented now"
              action={listing === null && <LinkButton href={`/host/new?machine=${machine.id}`}>List it</LinkButton>}
            >
              {listing?.state === 'published' ? 'It is on the market.' : 'Renters see it once it is published.'}
            </EmptyState>
          ) : (
            <RentalTable rentals={present} caption="Rented now" listing={listing} />
          )}
        </Panel>
        {ahead.length > 0 && (
          <Panel
            title="Reserved ahead"
            description="Nothing cuts a reserved window: neither an edit, nor a block, nor withdrawing the listing."
            flush
          >
            <RentalTable rentals={ahead} caption="Reserved ahead" listing={listing} />
          </Panel>
        )}
        {past.rows.length > 0 && (
          <Panel title="Rented before" flush>
            <RentalTable rentals={past.rows} caption="Rented before" />
          </Panel>
        )}
        <Pagination
          label="Pages of past contracts"
          {...(after === undefined ? {} : { firstHref: path })}
          {...(past.next === null ? {} : { nextHref: `${path}?after=${encodeURIComponent(past.next)}` })}
        />
        <AsApiCall calls={[hostCalls.rentals(machine.id)]} />
      </div>
    </>
  );
}
