import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { AgentVersionState } from '#lib/agents/agent-version.ts';
import { agentOf } from '#lib/agents/queries/agent.ts';
import { defaultJobOf } from '#lib/agents/queries/default-job.ts';
import { shortName } from '#lib/base/words.ts';
import { BidsPanel } from '../_machine/bids-panel.tsx';
import { DefaultJobPanel } from '../_machine/default-job-panel.tsx';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';
import { NamePanel } from '../_machine/name-panel.tsx';
import { SpecificationPanel } from '../_machine/specification-panel.tsx';

type Route = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Settings of ${shortName((await loadMachine((await params).id)).name)}` };
}

const VERSIONS: Record<AgentVersionState, readonly [StateKind, string, string]> = {
  current: ['running', 'up to date', 'It is the agent that this market serves.'],
  older: ['warning', 'a newer one is there', 'Rentals go on while it is updated: paste the line on the machine.'],
  newer: ['done', 'newer than this market', 'It works with this market; its operators serve an older one.'],
  unknown: ['done', 'another build', 'Its version cannot be compared with the one that this market serves.'],
};

/** What is set rarely: name and place, bids, the job of idle hours, the agent; and what the machine is. */
export default async function MachineSettingsPage({ params }: Route) {
  const actor = await requireActor();
  const machine = await loadMachine((await params).id);
  const [job, agent] = await Promise.all([defaultJobOf(actor, machine.id), agentOf(actor, machine.id)]);
  const [kind, word, sentence] = VERSIONS[agent.versionState];
  return (
    <>
      <MachineHead machine={machine} tab="/settings" />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0 space-y-6">
          <BidsPanel machine={machine} />
          {machine.retiredAt === null && <DefaultJobPanel machineId={machine.id} job={job} />}
          <SpecificationPanel machine={machine} />
        </div>
        <div className="min-w-0 space-y-6">
          <NamePanel machine={machine} />
          {machine.retiredAt === null && (
            <Panel title="Agent" actions={<StateBadge kind={kind}>{word}</StateBadge>}>
              <div className="space-y-3 text-sm">
                <p>
                  Version <span className="tabular font-medium">{agent.version}</span>. {sentence}
                </p>
                {agent.connectedAt !== null && (
                  <p className="text-muted">
                    Connected anew <TimeAgo at={agent.connectedAt} />.
                  </p>
                )}
                <CopyBox label="Bring it up to date" text={agent.updateLine} />
                <CopyBox label="Take it off the machine" text="sudo sublet-agent uninstall" />
              </div>
            </Panel>
          )}
        </div>
      </div>
    </>
  );
}
