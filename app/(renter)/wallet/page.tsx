import { requireActor } from '#app/_edge/actor.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { parseDollars } from '#lib/base/money.ts';
import { earningsOf, transfersOf, walletOf } from '#lib/ledger/queries.ts';
import { cardRefundsOf, refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { automaticOf, cardsOf } from '#lib/payments/queries/cards.ts';
import { chargebacksOf } from '#lib/payments/queries/chargebacks.ts';
import { theProvider, topUpsOf } from '#lib/payments/queries/top-ups.ts';
import { AddMoney } from './_pay/add-money.tsx';
import { AutomaticPanel } from './_pay/automatic-panel.tsx';
import { CardsPanel } from './_pay/cards-panel.tsx';
import { ChargebacksPanel } from './_pay/chargebacks-panel.tsx';
import { PaymentsPanel } from './_pay/payments-panel.tsx';
import { RefundPanel } from './_pay/refund-panel.tsx';
import { Movements } from './movements.tsx';

export const metadata = { title: 'Wallet' };

type Params = Promise<{ side?: string | string[]; after?: string | string[]; amount?: string | string[] }>;

export default async function WalletPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const side = asked.side === 'host' ? 'host' : 'renter';
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const amount =
    typeof asked.amount === 'string' && parseDollars(asked.amount) !== undefined ? asked.amount : undefined;
  const provider = theProvider();
  const [money, earned, transfers, payments, refunds, refundableMicros, chargebacks, cards, automatic] =
    await Promise.all([
      walletOf(actor),
      earningsOf(actor),
      transfersOf(actor, { side, after }),
      topUpsOf(actor, { take: 10 }),
      cardRefundsOf(actor, { take: 5 }),
      refundableOf(actor),
      chargebacksOf(actor, { take: 5 }),
      cardsOf(actor),
      automaticOf(actor),
    ]);
  return (
    <>
      <PageHeader
        title="Wallet"
        lede="What you can spend, what is set aside for bookings, and what you are owed as a host."
      />
      <Stats>
        <Stat label="Free" value={<Money micros={money.freeMicros} />} hint="for new bookings" />
        <Stat
          label="Set aside"
          value={<Money micros={money.heldMicros} />}
          hint="for bookings that live; the rest comes back"
        />
        <Stat
          label="Owed to you"
          value={<Money micros={earned.payableMicros} />}
          hint="from renting out; payouts come later"
        />
      </Stats>
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
        <div className="space-y-6">
          <AddMoney provider={provider} amount={amount} />
          {provider?.name === 'stripe' && <CardsPanel cards={cards} />}
          {provider?.name === 'stripe' && <AutomaticPanel automatic={automatic} hasCard={cards.length > 0} />}
          <PaymentsPanel payments={payments.rows} />
          <ChargebacksPanel rows={chargebacks.rows} missingMicros={chargebacks.missingMicros} />
          <RefundPanel mostMicros={refundableMicros} refunds={refunds.rows} />
        </div>
        <Panel
          flush
          title="Movements"
          actions={
            <Tabs
              label="Side"
              tabs={[
                { href: '/wallet', label: 'As renter', current: side === 'renter' },
                { href: '/wallet?side=host', label: 'As host', current: side === 'host' },
              ]}
            />
          }
        >
          {transfers.rows.length === 0 ? (
            <EmptyState kind="first" title="No movements yet">
              {side === 'renter'
                ? 'Money that you add, hold and spend appears here.'
                : 'What renters pay you appears here, by the second.'}
            </EmptyState>
          ) : (
            <Movements rows={transfers.rows} side={side} />
          )}
        </Panel>
      </div>
      <Pagination
        label="Pages of movements"
        {...(after === undefined ? {} : { firstHref: `/wallet?side=${side}` })}
        {...(transfers.next === null
          ? {}
          : { nextHref: `/wallet?side=${side}&after=${encodeURIComponent(transfers.next)}` })}
      />
    </>
  );
}
