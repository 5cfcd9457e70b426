'use client';

import { type KeyboardEvent, useMemo, useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import { type Packed, unpack } from '#components/ui/packed.ts';

/** A day: what share of it was answered, and what is said of it, which begins with its date. */
export type DayBar = readonly [basisPoints: number | null, words: string];

/** Bars of days as one stop for the keyboard: arrows go from day to day, and the line below says what the day was. */
export function UptimeStrip({ bars: packed, label }: { bars: Packed<readonly DayBar[]>; label: string }) {
  const bars = useMemo(() => unpack(packed), [packed]);
  const [chosen, choose] = useState<number | null>(null);
  const last = bars.length - 1;
  const at = chosen ?? last;

  function move(event: KeyboardEvent) {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(last, to)));
  }

  return (
    <div className="min-w-0">
      <div
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={bars.length}
        aria-valuenow={at + 1}
        aria-valuetext={bars[at]?.[1] ?? ''}
        onKeyDown={move}
        onFocus={() => choose((before) => before ?? last)}
        onPointerLeave={() => choose(null)}
        // What bars look like is said once for all of them.
        className="flex h-12 items-end rounded-xs *:flex *:h-full *:min-w-0 *:flex-1 *:items-end *:px-[0.5px] [&>*>*]:w-full [&>*>*]:rounded-xs"
      >
        {bars.map(([basisPoints, words], index) => (
          <span key={words} onPointerEnter={() => choose(index)}>
            <span
              className={cn(look(basisPoints), chosen === index && 'outline outline-ink')}
              style={{ height: heightOf(basisPoints) }}
            />
          </span>
        ))}
      </div>
      <div className="mt-1 flex justify-between gap-3 text-muted text-xs">
        <span aria-hidden className="shrink-0">
          {bars.length} days ago
        </span>
        <span aria-hidden className={cn('min-w-0 text-center text-ink', chosen === null && 'invisible')}>
          {bars[at]?.[1]}
        </span>
        <span aria-hidden className="shrink-0">
          today
        </span>
      </div>
    </div>
  );
}

/** What is known begins well above what is not: a bad day stays a bar, an unknown one a dash. */
function heightOf(basisPoints: number | null): string {
  return basisPoints === null ? '2px' : `${Math.max(12, basisPoints / 100)}%`;
}

function look(basisPoints: number | null): string {
  if (basisPoints === null) return 'bg-line-control';
  if (basisPoints >= 9_900) return 'bg-good-ink';
  return basisPoints >= 9_000 ? 'bg-warn-ink' : 'bg-bad-ink';
}
