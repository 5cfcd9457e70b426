import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { isProven } from '#lib/auth/permission.ts';
import { theWorld } from '#lib/base/time.ts';
import { payoutTermsSentences } from '#lib/payments/payout.ts';
import { payoutsOf, payoutsPage } from '#lib/payments/queries/payouts.ts';
import { HostTabs } from '../_host/host-tabs.tsx';
import { AccountPanel } from './account-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { MoneyStats } from './money-stats.tsx';
import { PayNowPanel } from './pay-now-panel.tsx';
import { ReservePanel } from './reserve-panel.tsx';

export const metadata = { title: 'Payouts' };

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function PayoutsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const [payouts, history] = await Promise.all([payoutsPage(actor, theWorld.now()), payoutsOf(actor, { after })]);
  return (
    <>
      <PageHeader
        title="Payouts"
        badges={<LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
        lede="How what you earned reaches your bank: when, how much, and what is kept back and why."
      />
      <HostTabs current="/host/payouts" />
      <div className="space-y-6">
        {payouts.provider === 'sandbox' && (
          <Callout tone="warn">
            This market runs on a sandbox: payouts arrive by themselves and no real money moves.
          </Callout>
        )}
        {asked.from === 'expired' && (
          <Callout tone="warn" title="That address of the provider’s is over">
            Each works once and for a few minutes. Press “Continue” for a new one.
          </Callout>
        )}
        {asked.from === 'provider' && payouts.account.state !== 'ready' && (
          <Callout tone="info" title="Welcome back">
            We ask the provider how your account stands; this page follows by itself.
          </Callout>
        )}
        {actor.twoStep !== true && (
          <Callout
            tone="warn"
            title="Payouts need two-step sign-in"
            action={
              <LinkButton href="/account/security?needed=payouts" size="sm">
                Switch it on
              </LinkButton>
            }
          >
            <p>
              So that a stolen password cannot move what you earned. Weekly payouts to an account that is set up go on.
            </p>
          </Callout>
        )}
        <MoneyStats payouts={payouts} />
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
          <div className="min-w-0 space-y-6">
            <PayNowPanel payouts={payouts} />
            <HistoryPanel rows={history.rows} />
            <Pagination
              label="Pages of payouts"
              {...(after === undefined ? {} : { firstHref: '/host/payouts' })}
              {...(history.next === null
                ? {}
                : { nextHref: `/host/payouts?after=${encodeURIComponent(history.next)}` })}
            />
          </div>
          <div className="min-w-0 space-y-6">
            {payouts.provider === 'stripe' && (
              <AccountPanel account={payouts.account} proven={isProven(actor, theWorld.now())} />
            )}
            <ReservePanel payouts={payouts} />
            <Panel title="Terms of payouts">
              <ul className="list-disc space-y-2 pl-5 text-sm marker:text-muted">
                {payoutTermsSentences(payouts.terms).map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </Panel>
          </div>
        </div>
        <AsApiCall calls={[readingCalls.payouts()]} />
      </div>
    </>
  );
}
