import type { ReactNode } from 'react';
import { HealthBadge } from '#components/machine/health-badge.tsx';
import { TrustBadge } from '#components/machine/trust-badge.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { placeLabel } from '#lib/catalogue/country.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';

const TABS = [
  ['', 'Overview'],
  ['/health', 'Health'],
  ['/rentals', 'Contracts'],
  ['/calendar', 'Calendar'],
  ['/log', 'Agent log'],
  ['/settings', 'Settings'],
] as const;
type MachineTab = (typeof TABS)[number][0];

type MachineHeadProps = {
  machine: OwnMachine;
  tab: MachineTab;
  /** What this part says of it besides. */
  badges?: ReactNode;
  lede?: ReactNode;
  /** Of a part with figures that flow: how often it is asked for again besides, in milliseconds. */
  everyMs?: number;
};

/** The head of each part of a machine's pages: what it is, how it is, and the way to the other parts. */
export function MachineHead({ machine, tab, badges, lede, everyMs }: MachineHeadProps) {
  const path = `/host/machines/${machine.id}`;
  return (
    <>
      <PageHeader
        title={machine.name}
        trail={[{ href: '/host', label: 'Host' }]}
        badges={
          <>
            {machine.simulated && <SimulatedBadge />}
            <TrustBadge tier={machine.trust} />
            {machine.retiredAt === null && <HealthBadge health={machine.health} lastSyncAt={machine.lastSyncAt} />}
            {badges}
            <LiveRefresh url="/api/v1/events" events={['change']} everyMs={everyMs} showStatus />
          </>
        }
        lede={lede ?? `${placeLabel(machine.region, machine.country)} · agent ${machine.agentVersion}`}
        actions={
          <>
            {machine.retiredAt === null && machine.listing === null && (
              <LinkButton href={`/host/new?machine=${machine.id}`} variant="primary">
                Go on with listing it
              </LinkButton>
            )}
            {machine.listing?.state === 'published' && (
              <LinkButton href={`/gpus/${machine.listing.id}`}>See it as a renter</LinkButton>
            )}
          </>
        }
      />
      <Tabs
        label="Machine"
        className="mb-6"
        tabs={TABS.map(([part, label]) => ({ href: `${path}${part}`, label, current: part === tab }))}
      />
    </>
  );
}
