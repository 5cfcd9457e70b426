import { requireAdminPage } from '#app/_edge/actor.ts';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { findRentals } from '#lib/trust/queries/rentals.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { FindForm } from '../find-form.tsx';
import { RentalTable } from '../rental-table.tsx';

export const metadata = { title: 'Bookings' };

export default async function StaffBookingsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const asked = { q: one(params, 'q'), live: one(params, 'live') };
  const before = one(params, 'before');
  const rentals = await findRentals(actor, {
    text: asked.q,
    live: asked.live === 'on',
    before: before === '' ? undefined : before,
  });
  const next = nextHref('/admin/bookings', asked, rentals.next);
  return (
    <>
      <PageHeader title="Bookings" lede="Every booking, the newest first." />
      <DeskTabs current="/admin/bookings" />
      <FindForm label="Name, renter, host, machine or id" text={asked.q}>
        <Checkbox name="live" label="Live only" value="on" defaultChecked={asked.live === 'on'} />
      </FindForm>
      <Panel flush>
        <RentalTable rows={rentals.rows} />
      </Panel>
      <Pagination
        label="Bookings"
        {...(before === '' ? {} : { firstHref: '/admin/bookings' })}
        {...(next === undefined ? {} : { nextHref: next })}
      />
    </>
  );
}
