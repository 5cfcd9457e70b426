'use client';

import { Download, Search } from 'lucide-react';
import Form from 'next/form';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { LogView } from '#components/booking/log-view.tsx';
import { Button } from '#components/ui/button.tsx';
import { buttonLook } from '#components/ui/button-look.ts';
import { Input, Select } from '#components/ui/controls.tsx';
import { FollowBox } from '#components/ui/follow-box.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { useZone } from '#components/ui/use-now.ts';
import { useReadOn } from '#components/ui/use-read-on.ts';
import { AGENT_LOG_FILTERS, AGENT_LOG_KEPT_LINES, AGENT_LOG_KEPT_WORDS } from '#lib/agents/agent-log.ts';
import { AGENT_LOG_LEVELS, type AgentLogLevel } from '#protocol/agent-log.ts';

/** A line as the API tells it. */
export type ToldLine = { readonly id: string; readonly at: string; readonly level: string; readonly message: string };

type AgentLogPanelProps = {
  /** The resource of the API, and the page's own address. */
  url: string;
  path: string;
  level: AgentLogLevel;
  text: string;
  /** Whether more can come below what is shown. */
  live: boolean;
  /** What was said before the page was made, oldest first. */
  first: readonly ToldLine[];
  /** Said where there is no line. */
  empty: ReactNode;
};

/** What an agent says, the newest last, followed while it is looked at. Pausing, or scrolling up, holds it still; following catches up. */
export function AgentLogPanel({ url, path, level, text, live, first, empty }: AgentLogPanelProps) {
  const filter = new URLSearchParams({ level, ...(text === '' ? {} : { text }) });
  const [lines, setLines] = useState(first);
  const [kept, setKept] = useState<readonly ToldLine[] | null>(null);
  const last = useRef(first.at(-1)?.id ?? '0');
  const zone = useZone();

  useReadOn(`${url}?${filter}`, live, async (signal) => {
    const answer = await fetch(`${url}?${filter}&since=${last.current}&hold=true`, { signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { rows } = (await answer.json()) as { rows: ToldLine[] };
    last.current = rows.at(-1)?.id ?? last.current;
    if (rows.length > 0) setLines((before) => [...before, ...rows].slice(-AGENT_LOG_KEPT_LINES));
  });

  const shown = kept ?? lines;
  const rows = useMemo(
    () =>
      shown.map(({ id, at, level: stream, message }) => ({ offset: Number(id), part: 0, at, stream, text: message })),
    [shown],
  );
  const newest = shown.at(-1)?.id;
  const unseen = kept === null ? 0 : lines.length - 1 - lines.findLastIndex(({ id }) => id === newest);
  return (
    <Panel
      flush
      title="Agent log"
      description="What the agent says of its own work, the newest last; what rentals print is not in it."
      footer={AGENT_LOG_KEPT_WORDS}
      actions={
        <>
          {live && (
            <Button size="sm" onClick={() => setKept(kept === null ? lines : null)}>
              {kept === null ? 'Pause' : unseen > 0 ? `Follow (${unseen} new)` : 'Follow'}
            </Button>
          )}
          <a className={buttonLook('secondary', 'sm')} href={`${url}.txt?${filter}`} download>
            <Download aria-hidden className="size-3.5" />
            Download
          </a>
        </>
      }
    >
      <Form action={path} scroll={false} className="flex flex-wrap gap-2 border-line border-t px-4 py-2.5 sm:px-5">
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
      <FollowBox
        label="Lines of the agent"
        shown={rows}
        follows={kept === null}
        onLeave={() => live && setKept(lines)}
        className="h-112"
      >
        {rows.length === 0 ? <div className="font-sans">{empty}</div> : <LogView lines={rows} times zone={zone} />}
      </FollowBox>
    </Panel>
  );
}
