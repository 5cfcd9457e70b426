import { Download, Search } from 'lucide-react';
import type { Metadata } from 'next';
import Form from 'next/form';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { Button } from '#components/ui/button.tsx';
import { buttonLook } from '#components/ui/button-look.ts';
import { Input, Select } from '#components/ui/controls.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { AGENT_LOG_FILTERS, AGENT_LOG_KEPT_WORDS } from '#lib/agents/agent-log.ts';
import { agentLogOf } from '#lib/agents/queries/agent-log.ts';
import { AGENT_LOG_LEVELS } from '#protocol/agent-log.ts';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';
import { LogLines } from './log-lines.tsx';

type Route = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Agent log of ${(await loadMachine((await params).id)).name}` };
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
  const address = (more: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...(level === 'info' ? {} : { level }), ...(text === '' ? {} : { text }), ...more })}`;
  const filtered = level !== 'info' || text !== '';
  return (
    <>
      <MachineHead machine={machine} tab="/log" />
      <div className="space-y-6">
        <Panel
          flush
          title="Agent log"
          description="What the agent says of its own work, the newest first; what rentals print is not in it."
          footer={AGENT_LOG_KEPT_WORDS}
          actions={
            <>
              <LinkButton href={address({})} size="sm">
                Look again
              </LinkButton>
              <a
                className={buttonLook('secondary', 'sm')}
                href={`/api/v1/machines/${machine.id}/agent-log.txt?${new URLSearchParams({ level, ...(text === '' ? {} : { text }) })}`}
                download
              >
                <Download aria-hidden className="size-3.5" />
                Download
              </a>
            </>
          }
        >
          <Form action={path} scroll={false} className="flex flex-wrap gap-2 border-line border-y px-4 py-2.5 sm:px-5">
            <Select name="level" aria-label="Which lines" defaultValue={level} className="basis-44">
              {AGENT_LOG_LEVELS.map((known) => (
                <option key={known} value={known}>
                  {AGENT_LOG_FILTERS[known]}
                </option>
              ))}
            </Select>
            <span className="flex min-w-0 flex-1 basis-56 gap-2">
              <Input
                type="search"
                name="text"
                aria-label="Look for a text in the log"
                placeholder="Look for…"
                defaultValue={text}
                maxLength={200}
              />
              <Button type="submit" aria-label="Search the log">
                <Search aria-hidden className="size-3.5" />
              </Button>
            </span>
          </Form>
          {rows.length > 0 ? (
            <LogLines rows={rows} />
          ) : filtered ? (
            <EmptyState kind="none" title="No line is like that" action={<LinkButton href={path}>Show all</LinkButton>}>
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
          )}
        </Panel>
        <Pagination
          label="Pages of the log"
          {...(after === undefined ? {} : { firstHref: address({}) })}
          {...(next === null ? {} : { nextHref: address({ after: next }) })}
        />
        <AsApiCall calls={[hostCalls.agentLog(machine.id)]} />
      </div>
    </>
  );
}
