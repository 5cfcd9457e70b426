import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { isId } from '#lib/base/id.ts';
import { invoicesOf } from '#lib/receipts/queries/invoices.ts';
import { InvoiceList } from '../_wallet/invoice-list.tsx';
import { WalletTabs } from '../_wallet/wallet-tabs.tsx';

export const metadata = { title: 'Invoices' };

const STATES = { all: 'All', open: 'Still open', final: 'Final' } as const;
type State = keyof typeof STATES;

type Params = Promise<{ state?: string | string[]; after?: string | string[] }>;

export default async function InvoicesPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state: State = asked.state === 'open' || asked.state === 'final' ? asked.state : 'all';
  const after = typeof asked.after === 'string' && isId('booking', asked.after) ? asked.after : undefined;
  const { rows, next } = await invoicesOf(actor, { side: 'renter', state, after });
  return (
    <>
      <PageHeader
        title="Invoices"
        lede="A bill for each booking. Every line follows from a statement that the host’s machine signed, and the file proves itself without us."
      />
      <WalletTabs current="/wallet/invoices" />
      <Panel
        flush
        title={state === 'all' ? 'All bills' : state === 'open' ? 'Bills still open' : 'Final bills'}
        actions={
          <Tabs
            label="State"
            tabs={Object.entries(STATES).map(([name, label]) => ({
              href: hrefOf(name),
              label,
              current: name === state,
            }))}
          />
        }
      >
        {rows.length > 0 ? <InvoiceList rows={rows} /> : <Nothing state={state} />}
      </Panel>
      <Pagination
        label="Pages of invoices"
        firstHref={after === undefined ? null : hrefOf(state)}
        nextHref={next === null ? null : hrefOf(state, next)}
      />
      <div className="mt-6">
        <AsApiCall calls={[readingCalls.invoices(state)]} />
      </div>
    </>
  );
}

function hrefOf(state: string, after?: string): string {
  const words = new URLSearchParams();
  if (state !== 'all') words.set('state', state);
  if (after !== undefined) words.set('after', after);
  return `/wallet/invoices${words.size === 0 ? '' : `?${words}`}`;
}

function Nothing({ state }: { state: State }) {
  if (state !== 'all')
    return (
      <EmptyState
        kind="none"
        title={state === 'open' ? 'No bill is open' : 'No final bill'}
        action={<LinkButton href="/wallet/invoices">Show all</LinkButton>}
      >
        A bill is final once its booking has ended and the machine has stated all of it.
      </EmptyState>
    );
  return (
    <EmptyState
      kind="first"
      title="No invoices yet"
      action={
        <LinkButton href="/gpus" variant="primary">
          Find a GPU
        </LinkButton>
      }
    >
      A booking has a bill from its first minute, by the second, and nothing before you can connect.
    </EmptyState>
  );
}
