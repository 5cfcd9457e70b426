import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { Button } from '#components/ui/button.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type BookedTransfer, findTransfers } from '#lib/ledger/queries/transfers.ts';
import { TRANSFER_KINDS } from '#lib/ledger/transfer.ts';
import { nextHref, one, type SearchParams } from '../../ask.ts';
import { DeskTabs } from '../../desk-tabs.tsx';
import { AccountName } from '../account-name.tsx';
import { BooksTabs } from '../books-tabs.tsx';
import { transferWords } from '../words.ts';

export const metadata = { title: 'Transfers' };

const HERE = '/admin/books/transfers';

export default async function TransfersPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const asked = {
    account: one(params, 'account'),
    kind: one(params, 'kind'),
    booking: one(params, 'booking'),
    cause: one(params, 'cause'),
  };
  const before = one(params, 'before');
  const ask = { accountId: asked.account, kind: asked.kind, bookingId: asked.booking, causeId: asked.cause, before };
  const transfers = await findTransfers(actor, ask);
  return (
    <>
      <PageHeader title="Transfers" lede="Every movement of money, newest first. None is ever changed or deleted." />
      <DeskTabs current="/admin/books" />
      <BooksTabs current={HERE} />
      <form
        method="get"
        className="grid grid-cols-[repeat(auto-fit,minmax(min(11rem,100%),1fr))] items-end gap-3 [&>button]:justify-self-start"
      >
        <SelectField name="kind" label="Why" defaultValue={asked.kind}>
          <option value="">Anything</option>
          {Object.entries(TRANSFER_KINDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </SelectField>
        <InputField name="account" label="Account id" defaultValue={asked.account} maxLength={64} autoComplete="off" />
        <InputField name="booking" label="Booking id" defaultValue={asked.booking} maxLength={64} autoComplete="off" />
        <InputField name="cause" label="Cause id" defaultValue={asked.cause} maxLength={64} autoComplete="off" />
        <Button type="submit">Find</Button>
      </form>
      <Panel flush>
        <TransferTable rows={transfers.rows} />
      </Panel>
      <Pagination
        label="Transfers"
        firstHref={before === '' ? null : HERE}
        nextHref={nextHref(HERE, asked, transfers.next) ?? null}
      />
    </>
  );
}

function TransferTable({ rows }: { rows: readonly BookedTransfer[] }) {
  if (rows.length === 0) return <EmptyState kind="none" title="No such transfer" />;
  return (
    <Table caption="Transfers" stacked>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Why</Th>
          <Th>From</Th>
          <Th>To</Th>
          <Th numeric>Amount</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td label="When" className="whitespace-nowrap">
              <TimeAgo at={row.at} />
            </Td>
            <Th scope="row" className="min-w-48 max-w-80 break-words">
              <Link className="link" href={`${HERE}/${row.id}`} prefetch={false}>
                {transferWords(row.kind)}
              </Link>
              {row.reason !== null && <span className="block font-normal text-muted text-xs">{row.reason}</span>}
            </Th>
            <Td label="From">
              <AccountName account={row.from} />
            </Td>
            <Td label="To">
              <AccountName account={row.to} />
            </Td>
            <Td label="Amount" numeric>
              <Money micros={row.amountMicros} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
