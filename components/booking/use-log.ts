'use client';

import { useEffect, useRef, useState } from 'react';
import { joinLog, type LogPiece } from './log-lines.ts';

const RETRY_MS = 3_000;

/** What the workload prints, as far as a page holds it: followed by held requests while more can come and the page is looked at. */
export function useLog(url: string, live: boolean, first: readonly LogPiece[]): readonly LogPiece[] {
  const [pieces, setPieces] = useState(() => joinLog([], first));
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

  return pieces;
}
