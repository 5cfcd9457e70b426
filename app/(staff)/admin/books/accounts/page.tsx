import { requireAdminPage } from '#app/_edge/actor.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SelectField } from '#components/ui/form-fields.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { ACCOUNT_KINDS, type AccountKind } from '#lib/ledger/account.ts';
import { type AccountRow, findAccounts } from '#lib/ledger/queries/books.ts';
import { nextHref, one, type SearchParams } from '../../ask.ts';
import { DeskTabs } from '../../desk-tabs.tsx';
import { FindForm } from '../../find-form.tsx';
import { AccountName } from '../account-name.tsx';
import { BooksTabs } from '../books-tabs.tsx';
import { accountWords } from '../words.ts';

export const metadata = { title: 'Accounts' };

const HERE = '/admin/books/accounts';

export default async function AccountsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const asked = { q: one(params, 'q'), kind: one(params, 'kind'), below: one(params, 'below') };
  const before = one(params, 'before');
  const accounts = await findAccounts(actor, {
    text: asked.q,
    kind: asked.kind,
    belowZero: asked.below === 'on',
    before,
  });
  return (
    <>
      <PageHeader title="Accounts" lede="What is in each account, and how low it may go." />
      <DeskTabs current="/admin/books" />
      <BooksTabs current={HERE} />
      <FindForm label="Owner, or an id" text={asked.q}>
        <SelectField name="kind" label="Kind" defaultValue={asked.kind}>
          <option value="">All kinds</option>
          {(Object.keys(ACCOUNT_KINDS) as AccountKind[]).map((kind) => (
            <option key={kind} value={kind}>
              {accountWords(kind)}
            </option>
          ))}
        </SelectField>
        <Checkbox name="below" label="Below zero" value="on" defaultChecked={asked.below === 'on'} />
      </FindForm>
      <Panel flush>
        <AccountTable rows={accounts.rows} />
      </Panel>
      <Pagination
        label="Accounts"
        firstHref={before === '' ? null : HERE}
        nextHref={nextHref(HERE, asked, accounts.next) ?? null}
      />
    </>
  );
}

function AccountTable({ rows }: { rows: readonly AccountRow[] }) {
  if (rows.length === 0)
    return (
      <EmptyState kind="none" title="No such account">
        Accounts are opened when money first moves through them.
      </EmptyState>
    );
  return (
    <Table caption="Accounts" stacked>
      <thead>
        <tr>
          <Th>Account</Th>
          <Th>Owner</Th>
          <Th numeric>Balance</Th>
          <Th numeric>Floor</Th>
          <Th>Opened</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Th scope="row">
              <AccountName account={{ ...row, owner: null }} />
            </Th>
            <Td label="Owner" className="max-w-56 break-words">
              {row.owner === null ? (
                <span className="text-muted">the market</span>
              ) : (
                <LongName className="link" href={`/admin/people/${row.owner.id}`} name={row.owner.name} />
              )}
            </Td>
            <Td label="Balance" numeric className={row.balanceMicros < 0n ? 'text-warn-ink' : undefined}>
              <Money micros={row.balanceMicros} />
            </Td>
            <Td label="Floor" numeric>
              {row.floorMicros === null ? <span className="text-muted">none</span> : <Money micros={row.floorMicros} />}
            </Td>
            <Td label="Opened" className="whitespace-nowrap">
              <TimeAgo at={row.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
