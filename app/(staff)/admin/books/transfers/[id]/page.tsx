import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type BookedTransfer, type TransferHistory, transferHistory } from '#lib/ledger/queries/transfers.ts';
import { one, type SearchParams } from '../../../ask.ts';
import { AccountName } from '../../account-name.tsx';
import { transferWords } from '../../words.ts';

export const metadata = { title: 'Transfer' };

const TRAIL = [
  { href: '/admin/books', label: 'Books' },
  { href: '/admin/books/transfers', label: 'Transfers' },
];

type Route = { params: Promise<{ id: string }>; searchParams: SearchParams };

export default async function TransferPage({ params, searchParams }: Route) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const after = one(await searchParams, 'after');
  const history = await seen(transferHistory(actor, id, { after }));
  const { transfer } = history;
  const here = `/admin/books/transfers/${transfer.id}`;
  return (
    <>
      <PageHeader title={transferWords(transfer.kind)} trail={TRAIL} lede={<Money micros={transfer.amountMicros} />} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="min-w-0">
          <Panel
            title="History"
            description="Everything of the same booking, hold or cause, in order, and what it had done to both accounts by then."
            flush
          >
            <HistoryTable history={history} />
          </Panel>
          <Pagination
            label="Pages of the history"
            firstHref={after === '' ? null : here}
            nextHref={history.next === null ? null : `${here}?after=${history.next}`}
          />
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Panel title="This transfer">
            <Facts transfer={transfer} />
          </Panel>
          <Panel title="What all of it did" description="To each account; together it is zero.">
            <FactList
              facts={history.accounts.map((account) => ({
                label: <AccountName account={account} />,
                value: <Money micros={account.sumMicros} signed />,
              }))}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

function Facts({ transfer }: { transfer: BookedTransfer }) {
  const mono = (text: string) => <span className="break-all font-mono text-xs">{text}</span>;
  const { bookingId, causeId, holdId, reason } = transfer;
  return (
    <FactList
      facts={[
        { label: 'Id', value: mono(transfer.id) },
        { label: 'When', value: <TimeAgo at={transfer.at} /> },
        { label: 'From', value: <AccountName account={transfer.from} /> },
        { label: 'To', value: <AccountName account={transfer.to} /> },
        { label: 'Amount', value: <Money micros={transfer.amountMicros} /> },
        ...(reason === null ? [] : [{ label: 'Reason', value: reason }]),
        ...(bookingId === null
          ? []
          : [
              {
                label: 'Booking',
                value: (
                  <Link className="link" href={`/admin/bookings/${bookingId}`}>
                    {mono(bookingId)}
                  </Link>
                ),
              },
            ]),
        ...(causeId === null
          ? []
          : [
              {
                label: 'Cause',
                value: (
                  <Link className="link" href={`/admin/books/transfers?cause=${causeId}`}>
                    {mono(causeId)}
                  </Link>
                ),
              },
            ]),
        ...(holdId === null
          ? []
          : [
              {
                label: 'Hold',
                value: (
                  <Link className="link" href={`/admin/books/transfers/${holdId}`}>
                    {mono(holdId)}
                  </Link>
                ),
              },
            ]),
        { label: 'Key', value: mono(transfer.key) },
      ]}
    />
  );
}

function HistoryTable({ history }: { history: TransferHistory }) {
  return (
    <Table caption="History" stacked>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Why</Th>
          <Th numeric>Amount</Th>
          <Th>From, and its sum</Th>
          <Th>To, and its sum</Th>
        </tr>
      </thead>
      <tbody>
        {history.rows.map((row) => (
          <tr key={row.id} className={row.id === history.transfer.id ? 'bg-accent-soft' : undefined}>
            <Td label="When" className="whitespace-nowrap">
              <TimeAgo at={row.at} />
            </Td>
            <Th scope="row" className="min-w-40 max-w-80 break-words">
              {row.id === history.transfer.id ? (
                <span aria-current="true">{transferWords(row.kind)}</span>
              ) : (
                <Link className="link" href={`/admin/books/transfers/${row.id}`} prefetch={false}>
                  {transferWords(row.kind)}
                </Link>
              )}
            </Th>
            <Td label="Amount" numeric>
              <Money micros={row.amountMicros} />
            </Td>
            <Td label="From, and its sum">
              <AccountName account={row.from} />
              <Money micros={row.fromSumMicros} signed className="block text-muted text-xs" />
            </Td>
            <Td label="To, and its sum">
              <AccountName account={row.to} />
              <Money micros={row.toSumMicros} signed className="block text-muted text-xs" />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
