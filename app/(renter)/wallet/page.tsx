import { randomUUID } from 'node:crypto';
import { requireActor } from '#app/_edge/actor.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { earningsOf, transfersOf, walletOf } from '#lib/ledger/queries.ts';
import { theProvider } from '#lib/payments/queries.ts';
import { topUpLimitsSentence } from '#lib/payments/top-up.ts';
import { topUp } from './actions.ts';
import { Movements } from './movements.tsx';

export const metadata = { title: 'Wallet' };

type Params = Promise<{ side?: string | string[]; after?: string | string[] }>;

export default async function WalletPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const side = asked.side === 'host' ? 'host' : 'renter';
  const after = typeof asked.after === 'string' ? asked.after : undefined;
  const provider = theProvider();
  const [money, earned, transfers] = await Promise.all([
    walletOf(actor),
    earningsOf(actor),
    transfersOf(actor, { side, after }),
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
        <Panel title="Add money">
          {provider === null ? (
            <p className="text-muted">This market takes no payments yet. Contact its operators.</p>
          ) : (
            <AddMoney warning={provider.warning} />
          )}
        </Panel>
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

function AddMoney({ warning }: { warning: string | null }) {
  return (
    <>
      {warning !== null && (
        <Callout tone="warn" className="mb-4">
          {warning}
        </Callout>
      )}
      <ActionForm action={topUp} resetOnSuccess>
        <input type="hidden" name="key" value={randomUUID()} />
        <div className="space-y-4">
          <InputField
            name="amount"
            label="Amount"
            before="$"
            inputMode="decimal"
            placeholder="25.00"
            hint={topUpLimitsSentence()}
            required
            maxLength={20}
            autoComplete="off"
          />
          <SubmitButton pendingLabel="Adding…">Add money</SubmitButton>
        </div>
      </ActionForm>
    </>
  );
}
