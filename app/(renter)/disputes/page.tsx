import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { DisputeTable } from '#components/dispute/dispute-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { isId } from '#lib/base/id.ts';
import { disputesOf } from '#lib/trust/queries/disputes.ts';
import { WalletTabs } from '../wallet/_wallet/wallet-tabs.tsx';

export const metadata = { title: 'Disputes' };

const HERE = '/disputes';
const STATES = { mine: 'Your move', open: 'Open', decided: 'Ended' } as const;
const TITLES = { mine: 'Disputes that wait for you', open: 'Open disputes', decided: 'Disputes that ended' } as const;
const NOTHING = { mine: 'Nothing waits for you', open: 'Nothing is contested', decided: 'Nothing ended yet' } as const;
type State = keyof typeof STATES;

type Params = Promise<{ state?: string | string[]; before?: string | string[] }>;

export default async function DisputesPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const state: State = asked.state === 'decided' || asked.state === 'mine' ? asked.state : 'open';
  const before = typeof asked.before === 'string' && isId('dispute', asked.before) ? asked.before : undefined;
  const { rows, next } = await disputesOf(actor, state === 'mine' ? { turn: 'me', before } : { state, before });
  return (
    <>
      <PageHeader
        title="Disputes"
        lede="Charges that you contest, and those of your machines that renters contest. A charge can be contested from its bill, within seven days of its closing; then each side has a deadline for each move."
      />
      <WalletTabs current={HERE} />
      <Panel
        flush
        title={TITLES[state]}
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
        {rows.length === 0 ? (
          <EmptyState kind="none" title={NOTHING[state]} />
        ) : (
          <DisputeTable
            rows={rows}
            state={state === 'decided' ? 'decided' : 'open'}
            person={({ id, name }) => (id === actor.userId ? 'you' : <LongName name={name} />)}
          />
        )}
      </Panel>
      <Pagination
        label="Pages of disputes"
        firstHref={before === undefined ? null : hrefOf(state)}
        nextHref={next === null ? null : hrefOf(state, next)}
      />
      <div className="mt-6">
        <AsApiCall calls={[readingCalls.disputes(state)]} />
      </div>
    </>
  );
}

function hrefOf(state: string, before?: string): string {
  const query = new URLSearchParams({
    ...(state === 'open' ? {} : { state }),
    ...(before === undefined ? {} : { before }),
  }).toString();
  return query === '' ? HERE : `${HERE}?${query}`;
}
