import { requireAdminPage } from '#app/_edge/actor.ts';
import { DisputeTable } from '#components/dispute/dispute-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { findDisputes } from '#lib/trust/queries/disputes.ts';
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
        {disputes.rows.length === 0 ? (
          <EmptyState kind="none" title={state === 'open' ? 'Nothing is contested' : 'Nothing was decided yet'} />
        ) : (
          <DisputeTable
            rows={disputes.rows}
            state={state}
            person={({ id, name }) => <LongName className="link" href={`/admin/people/${id}`} name={name} />}
          />
        )}
      </Panel>
      <Pagination
        label="Disputes"
        firstHref={before === '' ? null : `${HERE}?state=${state}`}
        nextHref={nextHref(HERE, { state }, disputes.next) ?? null}
      />
    </>
  );
}
