import { requireAdminPage } from '#app/_edge/actor.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { findPeople } from '#lib/trust/queries/people.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { FindForm } from '../find-form.tsx';

export const metadata = { title: 'People' };

export default async function PeoplePage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const text = one(params, 'q');
  const before = one(params, 'before');
  const people = await findPeople(actor, { text, before: before === '' ? undefined : before });
  const next = nextHref('/admin/people', { q: text }, people.next);
  return (
    <>
      <PageHeader title="People" lede="Everybody who has an account here." />
      <DeskTabs current="/admin/people" />
      <FindForm label="Name, e-mail or id" text={text} />
      <Panel flush>
        {people.rows.length === 0 ? (
          <EmptyState kind="none" title="Nobody found">
            No account has “{text}” in its name or e-mail.
          </EmptyState>
        ) : (
          <Table caption="People" stacked>
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>E-mail</Th>
                <Th>State</Th>
                <Th numeric>Machines</Th>
                <Th numeric>Rentals</Th>
                <Th>Joined</Th>
              </tr>
            </thead>
            <tbody>
              {people.rows.map((person) => (
                <tr key={person.id}>
                  <Th scope="row" className="max-w-64 break-words">
                    <LongName className="link" href={`/admin/people/${person.id}`} name={person.name} />
                  </Th>
                  <Td label="E-mail" className="max-w-64 break-words">
                    {person.email}
                  </Td>
                  <Td label="State">
                    <span className="flex flex-wrap gap-1">
                      {person.role === 'admin' && <Badge tone="accent">admin</Badge>}
                      {person.suspendedAt !== null && <Badge tone="bad">suspended</Badge>}
                      {!person.confirmed && <Badge tone="warn">unconfirmed</Badge>}
                      {person.role !== 'admin' && person.suspendedAt === null && person.confirmed && '–'}
                    </span>
                  </Td>
                  <Td label="Machines" numeric>
                    {person.machines}
                  </Td>
                  <Td label="Rentals" numeric>
                    {person.rentals}
                  </Td>
                  <Td label="Joined" className="whitespace-nowrap">
                    <TimeAgo at={person.createdAt} />
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
      <Pagination
        label="People"
        {...(before === '' ? {} : { firstHref: '/admin/people' })}
        {...(next === undefined ? {} : { nextHref: next })}
      />
    </>
  );
}
