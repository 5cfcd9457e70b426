import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { addMonths, monthOf, monthsFrom } from '#lib/base/month.ts';
import { theWorld } from '#lib/base/time.ts';
import { payoutsPage } from '#lib/payments/queries/payouts.ts';
import { type EarningSpan, earningSpan } from '#lib/receipts/earnings.ts';
import { earningsIn, firstEarningMonth } from '#lib/receipts/queries/earnings.ts';
import { hostMoneyOf } from '#lib/receipts/queries/host-money.ts';
import { HostTabs } from '../_host/host-tabs.tsx';
import { EarningStats } from './earning-stats.tsx';
import { EarningsChart } from './earnings-chart.tsx';
import { HoldsPanel } from './holds-panel.tsx';
import { MachinesTable } from './machines-table.tsx';
import { NextPayout } from './next-payout.tsx';
import { SpanChooser } from './span-chooser.tsx';

export const metadata = { title: 'Earnings' };

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function EarningsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const now = theWorld.now();
  const present = monthOf(now);
  const asked = await searchParams;
  const one = (name: string) => (typeof asked[name] === 'string' && asked[name] !== '' ? asked[name] : undefined);
  const first = await firstEarningMonth(actor, now);
  const read = earningSpan({ span: one('span'), from: one('from'), to: one('to') }, first, now);
  const span: EarningSpan = 'problems' in read ? { name: 'thisMonth', from: present, to: present } : read;
  const drawn = chartSpan(span, first);
  const [earnings, wider, money, payouts] = await Promise.all([
    earningsIn(actor, span, now),
    drawn.from === span.from ? null : earningsIn(actor, drawn, now),
    hostMoneyOf(actor),
    payoutsPage(actor, now),
  ]);
  const words = span.name === 'custom' ? { from: span.from, to: span.to } : { span: span.name };
  const query = `?${new URLSearchParams(words)}`;
  return (
    <>
      <PageHeader
        title="Earnings"
        lede="What renters paid for your machines, what the platform kept of it, and what is yours."
        actions={
          earnings.machines.length > 0 && (
            <LinkButton href={`/api/v1/earnings.csv${query}`} prefetch={false}>
              Download CSV
            </LinkButton>
          )
        }
      />
      <HostTabs current="/host/earnings" />
      {earnings.machines.length === 0 && first === present ? (
        <Panel flush>
          <EmptyState
            kind="first"
            title="Nothing earned yet"
            action={
              <LinkButton href="/host/new" variant="primary">
                List a machine
              </LinkButton>
            }
          >
            List a machine, and what renters pay for it stands here by the minute.
          </EmptyState>
        </Panel>
      ) : (
        <div className="space-y-6">
          {'problems' in read && (
            <Callout tone="warn" title="That span makes no sense">
              {Object.values(read.problems)[0]} This month is shown.
            </Callout>
          )}
          <SpanChooser span={span} months={monthsFrom(first, present).toReversed()} />
          <EarningStats earnings={earnings} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
            <div className="min-w-0 space-y-6">
              <EarningsChart around={wider ?? earnings} span={span} />
              <MachinesTable earnings={earnings} />
            </div>
            <div className="min-w-0 space-y-6">
              <NextPayout payouts={payouts} />
              <HoldsPanel money={money} />
            </div>
          </div>
          <AsApiCall calls={[readingCalls.earnings(words)]} />
        </div>
      )}
    </>
  );
}

/** What the bars show: the months that were asked for, and those before them up to twelve, as far as there are any. */
function chartSpan(span: EarningSpan, first: string): EarningSpan {
  const yearBefore = addMonths(span.to, -11);
  const sixBefore = addMonths(span.to, -5);
  const began = first > yearBefore ? (first < sixBefore ? first : sixBefore) : yearBefore;
  const [from = began] = [span.from, began].sort();
  return { name: 'custom', from, to: span.to };
}
