import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { DisputeBadge } from '#components/booking/dispute-badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type DisputeRow, findDisputes } from '#lib/trust/queries/disputes.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { DeskTabs } from '../desk-tabs.tsx';

export const metadata = { title: 'Disputes' };

const HERE = '/admin/disputes';

export default async function DisputesPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const state = one(params, 'state') === 'decided' ? 'decided' : 'open';
  const before = one(params, 'before');
  const disputes = await findDisputes(actor, { state, before });
  return (
    <>
      <PageHeader
        title="Disputes"
        lede="Charges that renters contest. Each is decided once, by an admin who is no party to it."
      />
      <DeskTabs current={HERE} />
      <Tabs
        label="Disputes"
        tabs={[
          { href: HERE, label: 'Open', current: state === 'open' },
          { href: `${HERE}?state=decided`, label: 'Decided', current: state === 'decided' },
        ]}
      />
      <Panel flush>
        <DisputeTable rows={disputes.rows} state={state} />
      </Panel>
      <Pagination
        label="Disputes"
        firstHref={before === '' ? null : `${HERE}?state=${state}`}
        nextHref={nextHref(HERE, { state }, disputes.next) ?? null}
      />
    </>
  );
}

function DisputeTable({ rows, state }: { rows: readonly DisputeRow[]; state: 'open' | 'decided' }) {
  if (rows.length === 0)
    return <EmptyState kind="none" title={state === 'open' ? 'Nothing is contested' : 'Nothing was decided yet'} />;
  return (
    <Table caption="Disputes">
      <thead>
        <tr>
          <Th>Booking</Th>
          <Th>Renter</Th>
          <Th>Host</Th>
          <Th>State</Th>
          <Th numeric>Contested</Th>
          <Th>{state === 'open' ? 'Host answers until' : 'Decided'}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Th scope="row" className="max-w-56 break-words">
              <Link className="link" href={`/disputes/${row.id}`} prefetch={false}>
                {row.booking.name}
              </Link>
            </Th>
            <Td className="max-w-48 break-words">
              <Link className="link" href={`/admin/people/${row.renter.id}`} prefetch={false}>
                {row.renter.name}
              </Link>
            </Td>
            <Td className="max-w-48 break-words">
              <Link className="link" href={`/admin/people/${row.host.id}`} prefetch={false}>
                {row.host.name}
              </Link>
            </Td>
            <Td>
              <DisputeBadge dispute={row} />
            </Td>
            <Td numeric>
              <Money micros={row.amountMicros} />
            </Td>
            <Td className="whitespace-nowrap">
              <TimeAgo at={row.decidedAt ?? row.answerUntil} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
