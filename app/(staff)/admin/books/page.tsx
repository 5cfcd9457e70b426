import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type BooksCheck, type TrialBalance, trialBalance } from '#lib/ledger/queries/books.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { checkNow } from './actions.ts';
import { BooksTabs } from './books-tabs.tsx';
import { accountWords } from './words.ts';

export const metadata = { title: 'Books' };

export default async function BooksPage() {
  const actor = await requireAdminPage();
  const books = await trialBalance(actor);
  const { check } = books;
  const wrong = books.sumMicros !== 0n || (check?.wrong ?? 0) > 0;
  return (
    <>
      <PageHeader
        title="Books"
        lede="Where all the money of this market is. Every movement is one transfer between two accounts, so that all of them together are zero."
        badges={check !== null && <Badge tone={wrong ? 'bad' : 'good'}>{wrong ? 'do not add up' : 'add up'}</Badge>}
      />
      <DeskTabs current="/admin/books" />
      <BooksTabs current="/admin/books" />
      {wrong && <Wrong books={books} />}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
        <Panel title="Trial balance" description="Balances as they are now." flush>
          <Balances books={books} />
        </Panel>
        <Panel title="Check">
          <Checked check={check} />
          <ActionForm action={checkNow} className="mt-4">
            <SubmitButton variant="secondary" pendingLabel="Checking…">
              Check now
            </SubmitButton>
          </ActionForm>
        </Panel>
      </div>
    </>
  );
}

function Wrong({ books: { check, sumMicros } }: { books: TrialBalance }) {
  const more = check === null ? 0 : check.wrong - check.problems.length;
  return (
    <Callout tone="bad" title="The books do not add up. Pay nothing out before the cause is found.">
      {sumMicros !== 0n && (
        <p>
          All accounts together are <Money micros={sumMicros} /> and not zero.
        </p>
      )}
      <ul className="list-disc pl-5">
        {check?.problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      {more > 0 && <p>And {more} more.</p>}
    </Callout>
  );
}

function Checked({ check }: { check: BooksCheck | null }) {
  if (check === null) return <p className="text-muted">Nothing was checked yet. The worker does it every hour.</p>;
  return (
    <p className="text-sm">
      {check.wrong === 0 ? 'Everything added up' : `${check.wrong} things did not add up`}{' '}
      <TimeAgo at={check.checkedAt} />:{' '}
      <span className="text-muted">
        {check.transfers === 1n ? '1 transfer' : `${check.transfers.toLocaleString('en')} transfers`} against every
        balance, hold and lease, in one snapshot, in {check.tookMilliseconds.toLocaleString('en')} ms. The worker does
        it every hour.
      </span>
    </p>
  );
}

function Balances({ books }: { books: TrialBalance }) {
  if (books.rows.length === 0)
    return (
      <EmptyState kind="first" title="No accounts yet">
        The first top-up opens them.
      </EmptyState>
    );
  return (
    <Table caption="Trial balance" stacked>
      <thead>
        <tr>
          <Th>Account</Th>
          <Th numeric>Accounts</Th>
          <Th numeric>Balance</Th>
        </tr>
      </thead>
      <tbody>
        {books.rows.map((row) => (
          <tr key={row.kind}>
            <Th scope="row">
              <Link className="link" href={`/admin/books/accounts?kind=${row.kind}`}>
                {accountWords(row.kind)}
              </Link>
              {row.belowFloor > 0 && <Badge tone="bad">{row.belowFloor} below their floor</Badge>}
            </Th>
            <Td label="Accounts" numeric>
              {row.accounts.toLocaleString('en')}
            </Td>
            <Td label="Balance" numeric>
              <Money micros={row.balanceMicros} />
            </Td>
          </tr>
        ))}
        <tr>
          <Th scope="row">All together</Th>
          <Td label="Accounts" numeric>
            {books.rows.reduce((sum, row) => sum + row.accounts, 0).toLocaleString('en')}
          </Td>
          <Td
            label="Balance"
            numeric
            className={books.sumMicros === 0n ? 'font-semibold' : 'font-semibold text-bad-ink'}
          >
            <Money micros={books.sumMicros} />
          </Td>
        </tr>
      </tbody>
    </Table>
  );
}
