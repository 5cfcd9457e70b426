import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { askingCalls } from '#components/api/asking-calls.ts';
import { readingCalls } from '#components/api/reading-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { parseDollars } from '#lib/base/money.ts';
import { monthOf } from '#lib/base/month.ts';
import { theWorld } from '#lib/base/time.ts';
import { burnOf } from '#lib/bookings/queries/burn.ts';
import { spendingByMonth } from '#lib/ledger/queries/month-spending.ts';
import { transfersByDay, transfersOf } from '#lib/ledger/queries/movements.ts';
import { earningsOf } from '#lib/ledger/queries.ts';
import { invoicesOf } from '#lib/receipts/queries/invoices.ts';
import { PayColumn } from './_pay/pay-column.tsx';
import { InvoiceList } from './_wallet/invoice-list.tsx';
import { LatestPanel } from './_wallet/latest-panel.tsx';
import { LiveRentalsPanel } from './_wallet/live-rentals-panel.tsx';
import { MoneyStats } from './_wallet/money-stats.tsx';
import { MonthsPanel } from './_wallet/months-panel.tsx';
import { WalletTabs } from './_wallet/wallet-tabs.tsx';

export const metadata = { title: 'Wallet' };

type Params = Promise<{ amount?: string | string[] }>;

export default async function WalletPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const { amount: asked } = await searchParams;
  const amount = typeof asked === 'string' && parseDollars(asked) !== undefined ? asked : undefined;
  const now = theWorld.now();
  const [burn, earned, months, latest, ever, invoices] = await Promise.all([
    burnOf(actor, now),
    earningsOf(actor),
    spendingByMonth(actor, 12, now),
    transfersByDay(actor, { side: 'renter', month: monthOf(now), take: 8 }),
    transfersOf(actor, { side: 'renter', take: 1 }),
    invoicesOf(actor, { side: 'renter', take: 5 }),
  ]);
  return (
    <>
      <PageHeader
        title="Wallet"
        lede="What you can spend, what is set aside for bookings, and what it went to."
        badges={<LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
      />
      <WalletTabs current="/wallet" />
      <MoneyStats burn={burn} payableMicros={earned.payableMicros} />
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        <PayColumn actor={actor} amount={amount} />
        <div className="min-w-0 space-y-6">
          <LiveRentalsPanel rentals={burn.rentals} />
          <MonthsPanel months={months} />
          <LatestPanel rows={latest.rows} ever={ever.rows.length > 0} />
          <Panel
            flush
            title="Invoices"
            description="One for each booking; every line follows from a statement that the host’s machine signed."
            actions={
              invoices.rows.length > 0 && (
                <LinkButton href="/wallet/invoices" size="sm">
                  All invoices
                </LinkButton>
              )
            }
          >
            {invoices.rows.length === 0 ? (
              <EmptyState kind="first" title="No invoices yet">
                A booking has a bill from its first minute.
              </EmptyState>
            ) : (
              <InvoiceList rows={invoices.rows} />
            )}
          </Panel>
          <AsApiCall calls={[readingCalls.wallet(), askingCalls.topUp(25_000_000n)]} />
        </div>
      </div>
    </>
  );
}
