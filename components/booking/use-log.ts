'use client';

import { useRef, useState } from 'react';
import { useReadOn } from '#components/ui/use-read-on.ts';
import { joinLog, type LogPiece } from './log-lines.ts';

/** What the workload prints, as far as a page holds it: followed while more can come and the page is looked at. */
export function useLog(url: string, live: boolean, first: readonly LogPiece[]): readonly LogPiece[] {
  const [pieces, setPieces] = useState(() => joinLog([], first));
  const next = useRef(pieces.at(-1)?.offset ?? -1);

  useReadOn(url, live, async (signal) => {
    const answer = await fetch(`${url}?after=${next.current}&hold=true`, { signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const { rows } = (await answer.json()) as { rows: LogPiece[] };
    next.current = rows.at(-1)?.offset ?? next.current;
    if (rows.length > 0) setPieces((before) => joinLog(before, rows));
  });

  return pieces;
}
