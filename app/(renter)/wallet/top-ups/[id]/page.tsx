import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { TopUpStateBadge } from '#components/payment/top-up-state.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { type TopUpRow, topUpOf } from '#lib/payments/queries/top-ups.ts';
import { failureSentence } from '#lib/payments/top-up.ts';

export const metadata = { title: 'Payment' };

/** Where the payment provider sends a renter back to, and later what proves the payment: what is known of it now. */
export default async function TopUpPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { id } = await params;
  const payment = await seen(topUpOf(actor, id));
  const isWaiting = payment.state === 'asked' || payment.state === 'open';
  return (
    <>
      <PageHeader
        trail={[{ href: '/wallet', label: 'Wallet' }]}
        title="Payment"
        badges={isWaiting && <LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
      />
      <div className="max-w-xl space-y-6">
        <Known payment={payment} />
        <Panel title={payment.state === 'settled' ? 'Paid' : 'Asked'}>
          <FactList
            facts={[
              { label: 'For your wallet', value: <Money micros={payment.amountMicros} /> },
              ...(payment.taxMicros === 0n ? [] : [{ label: 'Tax', value: <Money micros={payment.taxMicros} /> }]),
              { label: 'Total', value: <Money micros={payment.amountMicros + payment.taxMicros} /> },
              { label: 'State', value: <TopUpStateBadge state={payment.state} /> },
              {
                label: 'Paid with',
                value: payment.provider === 'sandbox' ? 'the sandbox' : (payment.cardLabel ?? 'card'),
              },
              { label: 'Begun', value: <TimeAgo at={payment.createdAt} /> },
              ...(payment.settledAt === null ? [] : [{ label: 'Settled', value: <TimeAgo at={payment.settledAt} /> }]),
              { label: 'Number', value: <span className="font-mono text-xs">{payment.id}</span> },
            ]}
          />
          {payment.receiptUrl !== null && (
            <p className="mt-3 text-sm">
              <a
                className="link inline-block min-h-6 leading-6"
                href={payment.receiptUrl}
                rel="noreferrer"
                target="_blank"
              >
                Receipt of the payment provider
              </a>
            </p>
          )}
        </Panel>
      </div>
    </>
  );
}

function Known({ payment }: { payment: TopUpRow }) {
  const wallet = <LinkButton href="/wallet">To the wallet</LinkButton>;
  switch (payment.state) {
    case 'settled':
      return (
        <Callout
          tone="good"
          title={
            <>
              <Money micros={payment.amountMicros} /> are in your wallet.
            </>
          }
          action={wallet}
        />
      );
    case 'failed':
      return (
        <Callout tone="bad" title="This payment did not come through" action={wallet}>
          {failureSentence(payment.failure)}
        </Callout>
      );
    case 'review':
      return (
        <Callout tone="warn" title="This payment is being looked at" action={wallet}>
          {failureSentence(payment.failure)}
        </Callout>
      );
    case 'open':
      return (
        <Callout
          title="We have not heard of your payment yet"
          action={payment.checkoutUrl !== null && <LinkButton href={payment.checkoutUrl}>Go on to pay</LinkButton>}
        >
          If you have paid, this page says so within a minute; you need not wait here. If you have not, you can still
          pay.
        </Callout>
      );
    case 'asked':
      return (
        <Callout title="The payment provider is being asked">
          It does not answer yet. This page shows where to pay as soon as it does; nothing was charged.
        </Callout>
      );
  }
}
