import { requireAdminPage } from '#app/_edge/actor.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { wordOf } from '#lib/base/words.ts';
import { LISTING_WORDS } from '#lib/catalogue/listing.ts';
import { findMachines, MACHINE_QUEUES, type MachineQueue, type MachineRow } from '#lib/trust/queries/machines.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { FindForm } from '../find-form.tsx';

export const metadata = { title: 'Machines' };

const QUEUE_WORDS: Record<MachineQueue, string> = {
  all: 'All',
  waiting: 'Waiting for approval',
  suspended: 'Suspended',
  copied: 'Copied identity',
};

export default async function StaffMachinesPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const text = one(params, 'q');
  const queue = MACHINE_QUEUES.find((each) => each === one(params, 'queue')) ?? 'all';
  const before = one(params, 'before');
  const machines = await findMachines(actor, { text, queue, before: before === '' ? undefined : before });
  const next = nextHref('/admin/machines', { q: text, queue }, machines.next);
  return (
    <>
      <PageHeader title="Machines" lede="Every machine of this market, the newest first." />
      <DeskTabs current="/admin/machines" />
      <Tabs
        label="Queues"
        tabs={MACHINE_QUEUES.map((each) => ({
          href: `/admin/machines?queue=${each}`,
          label: QUEUE_WORDS[each],
          current: each === queue,
        }))}
      />
      <FindForm label="Machine, host or id" text={text}>
        <input type="hidden" name="queue" value={queue} />
      </FindForm>
      <Panel flush>
        {machines.rows.length === 0 ? (
          <EmptyState kind="none" title="No machine here" />
        ) : (
          <MachineTable rows={machines.rows} />
        )}
      </Panel>
      <Pagination
        label="Machines"
        {...(before === '' ? {} : { firstHref: `/admin/machines?queue=${queue}` })}
        {...(next === undefined ? {} : { nextHref: next })}
      />
    </>
  );
}

function MachineTable({ rows }: { rows: readonly MachineRow[] }) {
  return (
    <Table caption="Machines" stacked>
      <thead>
        <tr>
          <Th>Machine</Th>
          <Th>Host</Th>
          <Th>GPUs</Th>
          <Th>Listing</Th>
          <Th numeric>Price per GPU-hour</Th>
          <Th numeric>Last heard</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Th scope="row" className="max-w-56 break-words">
              <LongName className="link" href={`/admin/machines/${row.id}`} name={row.name} />{' '}
              {row.simulated && <SimulatedBadge />}
            </Th>
            <Td label="Host" className="max-w-48 break-words">
              <LongName className="link" href={`/admin/people/${row.host.id}`} name={row.host.name} />
            </Td>
            <Td label="GPUs">{row.gpus.length === 0 ? '—' : `${row.gpus.length} × ${row.gpus[0]?.model ?? ''}`}</Td>
            <Td label="Listing">
              <span className="inline-flex flex-wrap gap-1 sm:flex">
                <Badge>{wordOf(LISTING_WORDS, row.listing?.state ?? 'none')}</Badge>
                {row.listing !== null && row.listing.suspendedAt !== null && <Badge tone="bad">suspended</Badge>}
                {row.identityCopiedAt !== null && <Badge tone="bad">copied identity</Badge>}
                {row.staffCheckedAt !== null ? (
                  <Badge tone="good">checked</Badge>
                ) : (
                  row.selfTestPassed && <Badge tone="info">self-tested</Badge>
                )}
              </span>
            </Td>
            <Td label="Price per GPU-hour" numeric>
              {row.listing === null ? '—' : <Money micros={row.listing.priceMicrosPerGpuHour} />}
            </Td>
            <Td label="Last heard" numeric>
              {row.lastSyncAt === null ? 'never' : <TimeAgo at={row.lastSyncAt} />}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
