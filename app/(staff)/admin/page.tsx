import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { theWorld } from '#lib/base/time.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { queues } from '#lib/trust/queries/cases.ts';
import { overview } from '#lib/trust/queries/overview.ts';
import { AuditTable } from './audit-table.tsx';
import { DeskTabs } from './desk-tabs.tsx';
import { QueueTable } from './queue-table.tsx';

export default async function AdminPage() {
  const actor = await requireAdminPage();
  const now = theWorld.now();
  const [figures, waiting, recent] = await Promise.all([
    overview(actor),
    queues(actor, now),
    auditTrail(actor, { byPeople: true, withoutSessions: true }),
  ]);
  return (
    <>
      <PageHeader
        title="Admin"
        lede="What waits for a decision, and what was decided."
        badges={<LiveRefresh url="/api/v1/events" events={['desk']} settleMs={2_000} showStatus />}
      />
      <DeskTabs current="/admin" />
      <Panel title="Waiting for you" description="What is due first stands at the top." flush className="my-6">
        <QueueTable queues={waiting} now={now} />
      </Panel>
      {figures.copiedIdentities > 0 && (
        <Callout tone="warn" title={`${figures.copiedIdentities} machines share an identity`} className="mb-6">
          <Link className="link" href="/admin/machines?queue=copied">
            Look at them
          </Link>
        </Callout>
      )}
      <Stats className="mb-6">
        <Stat label="People" value={figures.people} />
        <Stat label="Machines" value={figures.machines} hint={`${figures.simulatedMachines} of them simulated`} />
        <Stat
          label="Published listings"
          value={figures.publishedListings}
          hint={`${figures.waitingListings} wait for approval`}
        />
        <Stat label="Live bookings" value={figures.liveBookings} />
      </Stats>
      <Panel
        title="Latest by people"
        flush
        actions={
          <LinkButton href="/admin/audit" size="sm" variant="ghost">
            Whole trail
          </LinkButton>
        }
      >
        <AuditTable rows={recent.rows.slice(0, 20)} />
      </Panel>
    </>
  );
}
