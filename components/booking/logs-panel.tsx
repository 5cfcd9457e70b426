'use client';

import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { joinLog, type LogPiece } from './log-lines.ts';

const RETRY_MS = 3_000;
const LOOKS: Readonly<Record<string, string>> = { stderr: 'text-warn-ink', agent: 'text-muted italic' };

type LogsPanelProps = {
  url: string;
  /** Whether more can come. */
  live: boolean;
  /** What was printed before the page was made. */
  first: readonly LogPiece[];
};

/** What the workload prints, followed while it is looked at. Scrolling up pauses; at the end it follows again. */
export function LogsPanel({ url, live, first }: LogsPanelProps) {
  const [pieces, setPieces] = useState(() => joinLog([], first));
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLElement>(null);
  const next = useRef(pieces.at(-1)?.offset ?? -1);

  useEffect(() => {
    if (!live) return;
    let reading: AbortController | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;

    async function read(signal: AbortSignal) {
      while (!signal.aborted) {
        const answer = await fetch(`${url}?after=${next.current}&hold=true`, { signal });
        if (!answer.ok) throw new Error(`${answer.status}`);
        const { rows } = (await answer.json()) as { rows: LogPiece[] };
        next.current = rows.at(-1)?.offset ?? next.current;
        if (rows.length > 0) setPieces((before) => joinLog(before, rows));
      }
    }

    function begin() {
      const controller = new AbortController();
      reading = controller;
      read(controller.signal).catch(() => {
        if (!controller.signal.aborted) retry = setTimeout(begin, RETRY_MS);
      });
    }

    function end() {
      clearTimeout(retry);
      reading?.abort();
      reading = undefined;
    }

    // Browsers allow few connections to one server: a tab in the background gives its own back.
    function onVisibility() {
      if (document.hidden) end();
      else if (reading === undefined) begin();
    }

    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      end();
    };
  }, [url, live]);

  useEffect(() => {
    if (following && pieces.length > 0) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [pieces, following]);

  return (
    <Panel
      flush
      title="Logs"
      description="What the image's own program prints, and what the machine says about it."
      actions={
        live && (
          <Button size="sm" aria-pressed={following} onClick={() => setFollowing(!following)}>
            {following ? 'Following' : 'Follow'}
          </Button>
        )
      }
    >
      <section
        ref={box}
        aria-label="Lines of the log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < 24);
        }}
        className={`relative overflow-auto rounded-b-xl border-line border-t bg-sunken px-4 py-3 font-mono text-xs leading-5 focus-visible:-outline-offset-2 sm:px-5 ${live || pieces.length > 0 ? 'h-64' : ''}`}
      >
        {pieces.length === 0 ? (
          <p className="font-sans text-muted text-sm">
            {live ? 'Nothing printed yet. New lines appear here by themselves.' : 'Nothing was printed.'}
          </p>
        ) : (
          <div className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            {pieces.map((piece) => (
              <span key={piece.offset} className={LOOKS[piece.stream]}>
                {piece.text}
              </span>
            ))}
          </div>
        )}
      </section>
    </Panel>
  );
}
