'use client';

import { cn } from '#components/ui/cn.ts';
import { type Packed, unpack } from '#components/ui/packed.ts';

/** A day's number, what is said of it, and where something is free in it: from, and how much, in percent of its length. */
export type DayColumn = readonly [day: string, words: string, ...free: (readonly [number, number])[]];

/** Days side by side, today first. Words and figures only travel to it, and are drawn here. */
export function DayColumns({ days }: { days: Packed<readonly DayColumn[]> }) {
  return (
    <ol className="flex gap-0.5 sm:gap-1">
      {unpack(days).map(([day, words, ...free], index) => (
        <li key={words} className="min-w-0 flex-1" title={words}>
          <div className="relative h-16 overflow-hidden rounded-xs border border-line bg-sunken">
            <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
            {free.map(([from, length]) => (
              <span
                key={from}
                className="absolute inset-x-0 bg-good-line"
                style={{ top: `${from}%`, height: `${length}%` }}
              />
            ))}
          </div>
          <span
            className={cn(
              'block truncate pt-1 text-center text-xs',
              index === 0 ? 'font-semibold text-ink' : 'text-muted',
            )}
          >
            {day}
          </span>
        </li>
      ))}
    </ol>
  );
}
