import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { monthOf, monthsFrom } from '#lib/base/month.ts';
import { theWorld } from '#lib/base/time.ts';
import { firstMonthOf, MOST_DAY_LINES, transfersByDay, transfersOf } from '#lib/ledger/queries/movements.ts';
import { DaysOfMovements, Movements } from '../_wallet/movements.tsx';
import { WalletTabs } from '../_wallet/wallet-tabs.tsx';
import { addressOf, type MovementsAsk, readAsk } from './movements-ask.ts';
import { MovementsFilter } from './movements-filter.tsx';

export const metadata = { title: 'Movements' };

type Params = Promise<Record<string, string | string[] | undefined>>;

export default async function MovementsPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const now = theWorld.now();
  const ask = readAsk(await searchParams);
  const present = monthOf(now);
  const { side, kind, view, after } = ask;
  const [first, days, each, ever] = await Promise.all([
    firstMonthOf(actor, side, now),
    view === 'days' ? transfersByDay(actor, { side, kind, month: ask.month ?? present }) : null,
    view === 'each' ? transfersOf(actor, { side, kind, month: ask.month, after }) : null,
    transfersOf(actor, { side, take: 1 }),
  ]);
  const rows = days?.rows.length ?? each?.rows.length ?? 0;
  // The same filter for the API.
  const words = { side, kind: ask.kind, month: ask.month ?? (view === 'days' ? present : undefined) };
  const given = Object.entries(words).flatMap(([name, word]) => (word === undefined ? [] : [[name, word]]));
  return (
    <>
      <PageHeader
        title="Movements"
        lede="Every transfer of your accounts. Nothing here is ever changed or deleted; a correction is a new line."
        actions={
          rows > 0 && (
            <LinkButton href={`/api/v1/transfers.csv?${new URLSearchParams(given)}`} prefetch={false}>
              Download CSV
            </LinkButton>
          )
        }
      />
      <WalletTabs current="/wallet/movements" />
      <MovementsFilter ask={ask} months={monthsFrom(first, present).toReversed()} present={present} />
      <Panel
        flush
        title={view === 'days' ? 'By day' : 'Each movement'}
        description={view === 'days' ? 'Summed by day of UTC, reason and booking.' : undefined}
        actions={
          <Tabs
            label="As"
            tabs={[
              {
                href: addressOf({ ...ask, side: 'renter', kind: undefined }),
                label: 'As renter',
                current: side === 'renter',
              },
              {
                href: addressOf({ ...ask, side: 'host', kind: undefined }),
                label: 'As host',
                current: side === 'host',
              },
            ]}
          />
        }
        footer={
          days?.more && (
            <>These are the newest {MOST_DAY_LINES} lines of the month. Choose one reason, or look at each movement.</>
          )
        }
      >
        {days !== null && days.rows.length > 0 && <DaysOfMovements rows={days.rows} side={side} />}
        {each !== null && each.rows.length > 0 && <Movements rows={each.rows} side={side} />}
        {rows === 0 && <Nothing ask={ask} ever={ever.rows.length > 0} />}
      </Panel>
      <Pagination
        label="Pages of movements"
        firstHref={after === undefined ? null : addressOf({ ...ask, after: undefined })}
        nextHref={each?.next == null ? null : addressOf({ ...ask, after: each.next })}
      />
      <div className="mt-6">
        <AsApiCall calls={[readingCalls.movements(view === 'each', words)]} />
      </div>
    </>
  );
}

function Nothing({ ask, ever }: { ask: MovementsAsk; ever: boolean }) {
  if (!ever)
    return (
      <EmptyState kind="first" title="No movements yet">
        {ask.side === 'renter'
          ? 'Money that you add, set aside and spend appears here.'
          : 'What renters pay you appears here, by the minute.'}
      </EmptyState>
    );
  const narrowed = ask.kind !== undefined || ask.month !== undefined;
  return (
    <EmptyState
      kind="none"
      title={narrowed ? 'No such movements' : 'Nothing moved this month'}
      action={<LinkButton href={addressOf({ side: ask.side, view: 'each' })}>Show all movements</LinkButton>}
    >
      {narrowed ? 'Nothing moved for this reason at this time.' : 'Choose an earlier month.'}
    </EmptyState>
  );
}
