'use client';

import { Download, Search } from 'lucide-react';
import Form from 'next/form';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { buttonLook } from '#components/ui/button-look.ts';
import { Input, Select } from '#components/ui/controls.tsx';
import { FollowBox } from '#components/ui/follow-box.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { useZone } from '#components/ui/use-now.ts';
import { LOG_KEPT_WORDS } from '#lib/bookings/log-keeping.ts';
import { type LogPiece, type ShownLine, shownLines, unseenSince } from './log-lines.ts';
import { LogView } from './log-view.tsx';
import { useLog } from './use-log.ts';

/** Lines that were looked for. */
export type Found = { readonly text: string; readonly rows: readonly ShownLine[]; readonly total: number };

type LogsPanelProps = {
  /** The resource of the API. */
  url: string;
  /** The address of the page, where it can look for a text (`?find=`). */
  href?: string | undefined;
  /** Whether more can come. */
  live: boolean;
  /** What was printed before the page was made. */
  first: readonly LogPiece[];
  /** What the page was asked to look for; null when nothing. */
  found?: Found | null | undefined;
};

/** What the workload prints, followed while it is looked at. Pausing, or scrolling up, holds it still; following catches up. */
export function LogsPanel({ url, href, live, first, found = null }: LogsPanelProps) {
  const pieces = useLog(url, live, first);
  const [held, setHeld] = useState<readonly LogPiece[] | null>(null);
  const [stream, setStream] = useState('');
  const [times, setTimes] = useState(true);
  const zone = useZone();
  const shown = held ?? pieces;
  const lines = useMemo(() => shownLines(shown, stream), [shown, stream]);
  const unseen = held === null ? 0 : unseenSince(held, pieces);

  return (
    <Panel
      id="logs"
      flush
      title="Logs"
      description="What the image’s own program prints, and what the machine says about it."
      footer={LOG_KEPT_WORDS}
      actions={
        <>
          {live && found === null && (
            <Button size="sm" onClick={() => setHeld(held === null ? pieces : null)}>
              {held === null ? 'Pause' : unseen > 0 ? `Follow (${unseen} new)` : 'Follow'}
            </Button>
          )}
          <a className={buttonLook('secondary', 'sm')} href={`${url}.txt`} download>
            <Download aria-hidden className="size-3.5" />
            Download
          </a>
        </>
      }
    >
      <div className="border-line border-t">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 text-sm sm:px-5">
          {href !== undefined && (
            <Form action={`${href}#logs`} scroll={false} className="flex min-w-0 flex-1 basis-56 gap-2">
              <Input
                type="search"
                name="find"
                aria-label="Look for a text in the log"
                placeholder="Look for…"
                defaultValue={found?.text ?? ''}
                maxLength={200}
              />
              <Button type="submit" aria-label="Search the log">
                <Search aria-hidden className="size-3.5" />
              </Button>
            </Form>
          )}
          <Select aria-label="Which lines" value={stream} onChange={(event) => setStream(event.target.value)}>
            <option value="">All lines</option>
            <option value="stdout">stdout</option>
            <option value="stderr">stderr</option>
            <option value="agent">of the machine</option>
          </Select>
          <label className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              checked={times}
              onChange={(event) => setTimes(event.target.checked)}
              className="size-4 accent-accent"
            />
            Times
          </label>
        </div>
        {found !== null && (
          <p role="status" className="flex flex-wrap items-center gap-x-3 px-4 pb-2.5 text-sm sm:px-5">
            {foundWords(found)}
            <Link className="link inline-flex min-h-6 items-center" href={`${href ?? ''}#logs`} scroll={false}>
              Show the whole log
            </Link>
          </p>
        )}
        <FollowBox
          label="Lines of the log"
          shown={lines}
          follows={held === null && found === null}
          onLeave={() => live && setHeld(pieces)}
          className={live || pieces.length > 0 ? 'h-64' : ''}
        >
          {found !== null ? (
            <LogView
              lines={found.rows.filter((line) => stream === '' || line.stream === stream)}
              times={times}
              zone={zone}
            />
          ) : lines.length === 0 ? (
            <p className="font-sans text-muted text-sm">{emptyWords(live, stream, pieces)}</p>
          ) : (
            <LogView lines={lines} times={times} zone={zone} />
          )}
        </FollowBox>
      </div>
    </Panel>
  );
}

function foundWords({ text, rows, total }: Found): string {
  if (total === 0) return `No line holds “${text}”.`;
  const lines = total === 1 ? '1 line holds' : `${total.toLocaleString('en')} lines hold`;
  return `${lines} “${text}”${rows.length < total ? `; the newest ${rows.length} are shown` : ''}.`;
}

function emptyWords(live: boolean, stream: string, pieces: readonly LogPiece[]): string {
  if (stream !== '' && pieces.length > 0) return 'Nothing of this kind was printed lately.';
  return live
    ? 'Nothing printed yet. New lines appear here by themselves.'
    : 'Nothing was printed, or its time here is over.';
}
