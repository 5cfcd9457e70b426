import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { recentEnrolments } from '#lib/agents/queries/enrolments.ts';
import { theWorld } from '#lib/base/time.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { NewCode } from './new-code.tsx';

export const metadata: Metadata = { title: 'List a machine' };

export default async function NewMachine() {
  const actor = await requireActor();
  const { publicUrl, waiting, arrived } = await recentEnrolments(actor, theWorld.now());
  return (
    <>
      <PageHeader
        title="List a machine"
        trail={[{ href: '/host', label: 'Host' }]}
        badges={<LiveRefresh url="/api/v1/events" events={['change']} showStatus />}
        lede="Linux with Docker, x64 or arm64. The machine dials out: no open port, no fixed address."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="space-y-6">
          <Panel title="1. Paste one line on the machine">
            <NewCode publicUrl={publicUrl} />
          </Panel>
          <Panel title="2. Watch it appear">
            {arrived.length === 0 ? (
              <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
                <StateBadge kind={waiting.length > 0 ? 'working' : 'waiting'}>
                  {waiting.length > 0 ? 'waiting for your machine' : 'no code yet'}
                </StateBadge>
                {waiting[0] && (
                  <span className="text-muted text-sm">
                    The code is good for one machine and expires <TimeAgo at={waiting[0].expiresAt} />.
                  </span>
                )}
              </div>
            ) : (
              <ul className="space-y-3">
                {arrived.map((machine) => (
                  <li key={machine.id} className="flex flex-wrap items-center justify-between gap-3">
                    <div className="min-w-0">
                      <p className="flex flex-wrap items-center gap-2">
                        <Link
                          href={`/host/machines/${machine.id}`}
                          className="link font-semibold [overflow-wrap:anywhere]"
                        >
                          {machine.name}
                        </Link>
                        {machine.simulated && <SimulatedBadge />}
                        <StateBadge kind={machine.selfTestedAt === null ? 'working' : 'running'}>
                          {machine.selfTestedAt === null ? 'testing itself' : 'here'}
                        </StateBadge>
                      </p>
                      <p className="text-muted text-sm">
                        {machine.gpus[0] === undefined
                          ? 'no GPU found'
                          : gpuLabel(machine.gpus.length, machine.gpus[0])}{' '}
                        · enrolled <TimeAgo at={machine.enrolledAt} />
                      </p>
                    </div>
                    <LinkButton href={`/host/machines/${machine.id}`} variant="primary">
                      Set a price
                    </LinkButton>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
        <Panel title="What the line does">
          <ul className="list-disc space-y-1.5 pl-5 text-sm marker:text-muted">
            <li>Brings its own Node runtime from this market if the machine has none, checked by SHA-256.</li>
            <li>Installs the agent as a service. It survives a reboot with its identity and its containers.</li>
            <li>Makes two keys on the machine. Their private halves never leave it.</li>
            <li>Describes the machine and tests it: you see each check here, with the way to mend what fails.</li>
            <li>Offers nothing by itself. You set the price and publish.</li>
            <li>
              <code className="font-mono">sudo sublet-agent uninstall</code> removes it without a trace, and retires the
              machine here.
            </li>
          </ul>
        </Panel>
      </div>
    </>
  );
}
