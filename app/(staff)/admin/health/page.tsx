import { requireAdminPage } from '#app/_edge/actor.ts';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type HealthTone, healthOf, worstOf } from '#lib/trust/health.ts';
import { healthFacts } from '#lib/trust/queries/health.ts';
import { DeskTabs } from '../desk-tabs.tsx';

export const metadata = { title: 'Health' };

const LOOKED_AT_MS = 15_000;

const LOOK: Record<HealthTone, [StateKind, string]> = {
  green: ['running', 'well'],
  yellow: ['warning', 'look at it'],
  red: ['failed', 'act now'],
};

const WHOLE: Record<HealthTone, ['good' | 'warn' | 'bad', string]> = {
  green: ['good', 'The market is well'],
  yellow: ['warn', 'Something wants to be looked at today'],
  red: ['bad', 'Something does not work'],
};

export default async function HealthPage() {
  const actor = await requireAdminPage();
  const now = theWorld.now();
  const rows = healthOf(await healthFacts(actor, now), now);
  const [tone, title] = WHOLE[worstOf(rows)];
  return (
    <>
      <PageHeader
        title="Health"
        badges={<LiveRefresh url="/api/v1/events" events={['desk']} everyMs={LOOKED_AT_MS} showStatus />}
        lede="How the parts of the market are at this moment, the worst first, and what to do about it."
        // For who has no scripts: with them the page looks again by itself.
        actions={<LinkButton href="/admin/health">Look again</LinkButton>}
      />
      <DeskTabs current="/admin/health" />
      <Callout tone={tone} title={title} className="my-6" />
      <Panel flush>
        <ul className="divide-y divide-line text-sm">
          {rows.map((row) => {
            const [kind, word] = LOOK[row.tone];
            return (
              <li
                key={row.name}
                className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,13rem)_minmax(0,1fr)_auto] sm:px-5"
              >
                <h2 className="min-w-0 font-medium [overflow-wrap:anywhere]">{row.name}</h2>
                <div className="sm:order-last">
                  <StateBadge kind={kind}>{word}</StateBadge>
                </div>
                <div className="col-span-2 min-w-0 sm:col-span-1">
                  <p className="[overflow-wrap:anywhere]">{row.says}</p>
                  {row.remedy !== null && <p className="text-muted [overflow-wrap:anywhere]">{row.remedy}</p>}
                </div>
              </li>
            );
          })}
        </ul>
      </Panel>
    </>
  );
}
