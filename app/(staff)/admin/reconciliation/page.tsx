import { requireAdminPage } from '#app/_edge/actor.ts';
import { Callout } from '#components/ui/callout.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { wordOf } from '#lib/base/words.ts';
import { PAYOUT_NAMES } from '#lib/payments/payout-state.ts';
import { type ReconciliationPage, reconciliationPage } from '#lib/payments/queries/reconciliation.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { DifferenceList } from './difference-list.tsx';

export const metadata = { title: 'Reconciliation' };

export default async function ReconciliationAdminPage() {
  const actor = await requireAdminPage();
  const page = await reconciliationPage(actor, theWorld.now());
  return (
    <>
      <PageHeader
        title="Reconciliation"
        lede="Each night what moved our balance at the payment provider is held against our books, one by one."
      />
      <DeskTabs current="/admin/reconciliation" />
      {page.provider === null ? (
        <Panel flush>
          <EmptyState kind="none" title="Nothing to compare">
            This market has no provider of real money: the sandbox moves nothing, so there is nothing to hold the books
            against.
          </EmptyState>
        </Panel>
      ) : (
        <Compared page={page} />
      )}
    </>
  );
}

function Compared({ page }: { page: ReconciliationPage }) {
  const { last, open, explained, stuck } = page;
  return (
    <>
      <State page={page} />
      {last !== null && (
        <Stats>
          <Stat label="Last compared" value={<TimeAgo at={last.createdAt} />} hint="nightly, after 03:00 UTC" />
          <Stat
            label="Movements there"
            value={last.movements}
            hint={`of ${last.causes} payments, refunds and payouts`}
          />
          <Stat label="Differences" value={open.length} hint={`${explained.length} more are explained`} />
        </Stats>
      )}
      <Panel title="Differences" flush>
        {open.length === 0 ? (
          <EmptyState kind="first" title={last === null ? 'Not compared yet' : 'Everything agrees'}>
            {last === null
              ? 'The first comparison comes in the next minutes.'
              : 'Each movement at the provider has its transfers here, and the other way round.'}
          </EmptyState>
        ) : (
          <DifferenceList rows={open} />
        )}
      </Panel>
      {explained.length > 0 && (
        <Panel title="Explained" description="Still different, for a reason that somebody gave." flush>
          <DifferenceList rows={explained} />
        </Panel>
      )}
      {stuck.length > 0 && (
        <Panel title="Payouts that wait" description="The provider has been asked for more than a day." flush>
          <Table caption="Payouts that wait" stacked>
            <thead>
              <tr>
                <Th>Payout</Th>
                <Th>State</Th>
                <Th>Since</Th>
                <Th>What was said last</Th>
              </tr>
            </thead>
            <tbody>
              {stuck.map((row) => (
                <tr key={row.id}>
                  <Td label="Payout" className="break-all font-mono text-xs">
                    {row.id}
                  </Td>
                  <Td label="State">{wordOf(PAYOUT_NAMES, row.state)}</Td>
                  <Td label="Since" className="whitespace-nowrap">
                    <TimeAgo at={row.createdAt} />
                  </Td>
                  <Td label="What was said last" className="min-w-48 break-words">
                    {row.lastError ?? <span className="text-muted">—</span>}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Panel>
      )}
    </>
  );
}

function State({ page }: { page: ReconciliationPage }) {
  const { last, open } = page;
  if (open.length > 0)
    return (
      <Callout tone="bad" title={open.length === 1 ? 'One thing differs' : `${open.length} things differ`}>
        Nothing was corrected: the books change by new transfers only. Each line says what to do.
      </Callout>
    );
  if (last?.stale)
    return (
      <Callout tone="bad" title="The last comparison is more than a night old">
        Look at the log of the worker: the sweep “reconcile” could not reach the provider, or does not run.
      </Callout>
    );
  return last === null ? null : <Callout tone="good">Books and provider agree.</Callout>;
}
