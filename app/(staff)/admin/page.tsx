import { requireAdminPage } from '#app/_edge/actor.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { overview } from '#lib/trust/queries/overview.ts';
import { AuditTable } from './audit-table.tsx';
import { DeskTabs } from './desk-tabs.tsx';

export default async function AdminPage() {
  const actor = await requireAdminPage();
  const [figures, recent] = await Promise.all([
    overview(actor),
    auditTrail(actor, { byPeople: true, withoutSessions: true }),
  ]);
  return (
    <>
      <PageHeader title="Admin" lede="What waits for a decision, and what was decided." />
      <DeskTabs current="/admin" />
      <Stats>
        <Stat label="People" value={figures.people} />
        <Stat label="Machines" value={figures.machines} hint={`${figures.simulatedMachines} of them simulated`} />
        <Stat
          label="Published listings"
          value={figures.publishedListings}
          hint={`${figures.waitingListings} wait for approval`}
        />
        <Stat label="Live bookings" value={figures.liveBookings} />
      </Stats>
      {(figures.waitingListings > 0 ||
        figures.copiedIdentities > 0 ||
        figures.openDisputes > 0 ||
        figures.heldPayments > 0) && (
        <Panel title="Waiting for you">
          <div className="flex flex-wrap gap-3">
            {figures.waitingListings > 0 && (
              <LinkButton href="/admin/machines?queue=waiting">
                {figures.waitingListings} listings to approve
              </LinkButton>
            )}
            {figures.copiedIdentities > 0 && (
              <LinkButton href="/admin/machines?queue=copied">{figures.copiedIdentities} copied identities</LinkButton>
            )}
            {figures.openDisputes > 0 && (
              <LinkButton href="/admin/disputes">{figures.openDisputes} open disputes</LinkButton>
            )}
            {figures.heldPayments > 0 && (
              <LinkButton href="/admin/payments">{figures.heldPayments} payments to decide about</LinkButton>
            )}
          </div>
        </Panel>
      )}
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
