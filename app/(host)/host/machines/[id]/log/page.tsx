import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { agentLogOf } from '#lib/agents/queries/agent-log.ts';
import { shortName } from '#lib/base/words.ts';
import { AGENT_LOG_LEVELS } from '#protocol/agent-log.ts';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';
import { AgentLogPanel } from './agent-log-panel.tsx';

type Route = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Agent log of ${shortName((await loadMachine((await params).id)).name)}` };
}

/** What the agent says of its own work: levels, times, a search, and a file. */
export default async function AgentLogPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const machine = await loadMachine((await params).id);
  const query = await searchParams;
  const level = AGENT_LOG_LEVELS.find((known) => known === query.level) ?? 'info';
  const text = typeof query.text === 'string' ? query.text.slice(0, 200) : '';
  const after = typeof query.after === 'string' && /^\d{1,19}$/.test(query.after) ? query.after : undefined;
  const { rows, next } = await seen(agentLogOf(actor, machine.id, { level, text, after }));
  const path = `/host/machines/${machine.id}/log`;
  const filter = { ...(level === 'info' ? {} : { level }), ...(text === '' ? {} : { text }) };
  const address = (more: Record<string, string>) => `${path}?${new URLSearchParams({ ...filter, ...more })}`;
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <MachineHead machine={machine} tab="/log" />
      <div className="space-y-6">
        <AgentLogPanel
          key={address(after === undefined ? {} : { after })}
          url={`/api/v1/machines/${machine.id}/agent-log`}
          path={path}
          level={level}
          text={text}
          live={after === undefined && machine.retiredAt === null}
          first={rows.map((row) => ({ ...row, at: row.at.toISOString() })).toReversed()}
          empty={
            filtered ? (
              <EmptyState
                kind="none"
                title="No line is like that"
                action={<LinkButton href={path}>Show all</LinkButton>}
              >
                {text === '' ? 'Nothing of this level is kept.' : `No line of this level holds “${text}”.`}
              </EmptyState>
            ) : (
              <EmptyState kind="first" title="Nothing was said yet">
                Agents bring what they say to this page by themselves. One that says nothing here may be older:{' '}
                <Link className="link" href={`/host/machines/${machine.id}/settings`}>
                  see its version
                </Link>
                .
              </EmptyState>
            )
          }
        />
        <Pagination
          label="Older lines"
          {...(after === undefined ? {} : { firstHref: address({}) })}
          {...(next === null ? {} : { nextHref: address({ after: next }) })}
        />
        <AsApiCall calls={[hostCalls.agentLog(machine.id)]} />
      </div>
    </>
  );
}
